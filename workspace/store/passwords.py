"""Passwords of shares: a salted scrypt hash, and a proof that somebody gave the right one.

N = 2¹⁴, r = 8, p = 5 is one of the settings that OWASP's password storage cheat sheet calls equal; about 0.2 s and
16 MB a try, which `workspace.store.shares` limits in number.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

COST = (2**14, 8, 5)
SHORTEST, LONGEST = 8, 200  # characters


def hashed(password: str) -> str:
    """What is kept of a password: the cost, a salt of its own, the hash.

    Example:
        >>> hashed("correct horse").split("$")[:4]
        ['scrypt', '16384', '8', '5']
    """
    salt = secrets.token_bytes(16)
    return "$".join(["scrypt", *map(str, COST), salt.hex(), _hash(password, salt, COST).hex()])


def matches(password: str, kept: str) -> bool:
    """Is it the password that ``kept`` was made of? Takes the same time whether or not.

    Args:
        password: as a person typed it.
        kept: from `hashed`.
    """
    _, n, r, p, salt, wanted = kept.split("$")
    given = _hash(password, bytes.fromhex(salt), (int(n), int(r), int(p)))
    return hmac.compare_digest(given, bytes.fromhex(wanted))


def proof(key: str, share: str, until: int) -> str:
    """What a reader who gave the right password carries, so as not to be asked again.

    Args:
        key: what is kept of the password: another password makes the proof worthless.
        share: id of the share; the proof is of no use for another one.
        until: seconds since the epoch; the end is part of what is proved.
    """
    return f"{until}.{hmac.new(key.encode(), f'{share}.{until}'.encode(), hashlib.sha256).hexdigest()}"


def proves(given: str, key: str, share: str, now: float) -> bool:
    """Is it a proof for this share that still counts?"""
    until, _, _ = given.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12) or int(until) < now:
        return False
    return hmac.compare_digest(given.encode(), proof(key, share, int(until)).encode())


def _hash(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    # The same letters typed on another keyboard may be other code points.
    typed = unicodedata.normalize("NFKC", password[:LONGEST]).encode("utf-8", "replace")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=64 * 1024 * 1024, dklen=32)
