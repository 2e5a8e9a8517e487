"""What goes to the database and what comes back: `Query`, `Limits`, `Result`, `Receipt`."""

from __future__ import annotations

import hashlib
import math
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from operator import itemgetter
from typing import Any

Scalar = str | int | float | bool | bytes | None
Row = tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with its bound parameters; values are never formatted into the text.

    Args:
        sql: one statement, with ``:name`` placeholders.
        params: a value for each placeholder.
        dialect: the sqlglot name of the SQL dialect the text is written in.
    """

    sql: str
    params: Mapping[str, Scalar] = field(default_factory=dict)
    dialect: str = "sqlite"

    def to_dict(self) -> dict[str, Any]:
        return {"sql": self.sql, "params": dict(self.params), "dialect": self.dialect}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Query:
        return cls(data["sql"], dict(data.get("params", {})), data.get("dialect", "sqlite"))


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one query may take.

    Args:
        seconds: wall-clock deadline.
        rows: rows returned at most; more are cut and the result says so.
        length: bytes of the largest single string or blob.
    """

    seconds: float = 10.0
    rows: int = 10_000
    length: int = 10_000_000


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of a result: its name and the kind of its values.

    ``kind`` is one of integer, real, text, date, datetime, blob, null.
    """

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reach:
    """From which day to which the data behind a column of periods goes; what it covers in part is no whole period.

    Args:
        column: of the result.
        first, last: the outermost days that have data and are asked for, ISO 8601.
        before, after: how many days without data are usual there, so that a month of weekdays is whole on a Friday.
    """

    column: str
    first: str
    last: str
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Receipt:
    """Proof of where a result came from; the digest of the same data is the same on any machine.

    Args:
        source: name of the source.
        fingerprint: state of the source when the query ran.
        sql, params: exactly what ran.
        planner: who wrote the query: ``rule``, ``recalled``, ``person`` or ``model:<name>``.
        rows: number of rows returned.
        digest: SHA-256 over column count and rows (see `digest`); worked out when first read, see `Receipt.of`.
        ran_at: UTC time, ISO 8601, seconds.
        reach: how far the data goes, per column of periods; None where nobody looked.
        wholes: of columns whose rows a join may have left out, the figure over all of them.
    """

    source: str
    fingerprint: str
    sql: str
    params: Mapping[str, Scalar]
    planner: str
    rows: int
    digest: str
    ran_at: str
    reach: tuple[Reach, ...] | None = None
    wholes: Mapping[str, Scalar] | None = None

    @classmethod
    def of(cls, width: int, data: Sequence[Row], **fields: Any) -> Receipt:
        """A receipt for ``data`` (rows of ``width`` columns); hashes it only when the digest is asked for."""
        receipt = cls(digest="", rows=len(data), **fields)
        values = receipt.__dict__
        del values["digest"]
        values["_data"] = (width, data)
        return receipt

    def __getattr__(self, name: str) -> Any:
        # Only reached for what is not there: the digest that `of` put off.
        if name != "digest" or "_data" not in self.__dict__:
            raise AttributeError(name)
        width, data = self.__dict__["_data"]
        found = self.__dict__["digest"] = digest(width, data)
        self.__dict__.pop("_data", None)
        return found

    def reaching(self, reach: tuple[Reach, ...], wholes: Mapping[str, Scalar]) -> Receipt:
        """The same receipt with how far the data goes, and what it is part of; the digest stays put off."""
        made = object.__new__(Receipt)
        made.__dict__.update(self.__dict__, reach=reach, wholes=wholes)
        return made

    def __getstate__(self) -> dict[str, Any]:
        return self.to_dict()

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(Receipt.from_dict(state).__dict__)

    def to_dict(self) -> dict[str, Any]:
        wholes = None if self.wholes is None else dict(self.wholes)
        return asdict(self) | {"params": dict(self.params), "reach": self._reach(), "wholes": wholes}

    def _reach(self) -> list[list[Any]] | None:
        return None if self.reach is None else [list(astuple(one)) for one in self.reach]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Receipt:
        reach = data.get("reach")
        fields: dict[str, Any] = {**data, "reach": None if reach is None else tuple(Reach(*one) for one in reach)}
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of one query. ``truncated`` says that the row cap cut it; ``elapsed`` is in seconds."""

    columns: tuple[ResultColumn, ...]
    rows: tuple[Row, ...]
    truncated: bool
    elapsed: float
    receipt: Receipt

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def index(self, name: str) -> int:
        """Position of the column called ``name``; raises KeyError when there is none."""
        for position, column in enumerate(self.columns):
            if column.name == name:
                return position
        raise KeyError(name)

    def column(self, name: str) -> tuple[Scalar, ...]:
        """All values of one column, in row order."""
        position = self.index(name)
        return tuple(row[position] for row in self.rows)

    def records(self) -> list[dict[str, Scalar]]:
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": [[column.name, column.kind] for column in self.columns],
            "rows": [[_encode(value) for value in row] for row in self.rows],
            "truncated": self.truncated,
            "elapsed": self.elapsed,
            "receipt": self.receipt.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        return cls(
            columns=tuple(ResultColumn(name, kind) for name, kind in data["columns"]),
            rows=tuple(tuple(_decode(value) for value in row) for row in data["rows"]),
            truncated=data["truncated"],
            elapsed=data["elapsed"],
            receipt=Receipt.from_dict(data["receipt"]),
        )


def digest(width: int, rows: Iterable[Sequence[Scalar]]) -> str:
    """SHA-256 of a result, independent of machine and column names.

    Integral floats hash as integers, so that ``1`` and ``1.0`` are the same figure; others by their fifteen digits,
    because what engines and versions of them make of a sum differs beyond those, and files keep no more. Hashed column
    by column, each packed in one go where all its values are numbers or all are text (0.1 µs a value, 0.5 µs a
    fraction; a JSON line per row took 1 µs).

    Args:
        width: number of columns.
        rows: the rows in their order.

    Example:
        >>> digest(1, [(1,)]) == digest(1, [(1.0,)]), digest(1, [(0.1 + 0.2,)]) == digest(1, [(0.3,)])
        (True, True)
    """
    rows = rows if isinstance(rows, list | tuple) else list(rows)
    state = hashlib.sha256(b"noapp3 %d %d" % (width, len(rows)))
    for place in range(width if rows else 0):
        column = list(
            map(itemgetter(place), rows)
        )  # a third of the time of zip(*rows), which needs an iterator per row
        kinds = set(map(type, column))
        packed = b""
        if float in kinds:
            column = _settled(column, kinds)
        if kinds <= {int, float, bool}:
            packed = _pack_numbers(column)
        elif kinds == {str}:
            packed = _pack_text(column)
        state.update(packed or b"*" + _pack_text([_canonical(value) for value in column]))
    return state.hexdigest()


def _settled(column: Sequence[Any], kinds: set[type]) -> list[Any]:
    """The column with fifteen digits of each fraction."""
    if kinds == {float}:
        return list(map(float, map("%.15g".__mod__, column)))
    return [legible(value) for value in column]


def _pack_numbers(column: Sequence[Any]) -> bytes:
    """Eight bytes a number, or b"" where a double would not hold one of them exactly or canonically."""
    if not column or not (min(column) > -(2**53) and max(column) < 2**53):  # larger ones, infinities, NaN
        return b"" if column else b"#"
    packed = array("d", column)
    if sys.byteorder == "big":
        packed.byteswap()
    data = packed.tobytes()
    if b"\0\0\0\0\0\0\0\x80" in data and any(value == 0 and math.copysign(1.0, value) < 0 for value in column):
        return _pack_numbers([value + 0.0 for value in column])  # -0.0 is the figure 0
    return b"#" + data


def _pack_text(column: Sequence[str]) -> bytes:
    lengths = array("Q", map(len, column))
    if sys.byteorder == "big":
        lengths.byteswap()
    return b"$" + lengths.tobytes() + "".join(column).encode("utf-8", "surrogatepass")


def _canonical(value: Scalar) -> str:
    """One value of a mixed column as text that no other value shares."""
    if value is None:
        return "n"
    if isinstance(value, float) and not (value.is_integer() and abs(value) < 2**53):
        return f"f{value!r}"
    if isinstance(value, int | float):
        return f"i{int(value)}"
    return f"b{value.hex()}" if isinstance(value, bytes) else f"t{value}"


def legible(value: Scalar) -> Scalar:
    """A figure for a file or a terminal, with 15 significant digits: sums of decimals carry noise beyond them.

    Example:
        >>> legible(374234.39000000025), legible(1 / 3), legible("1.10000000000000001")
        (374234.39, 0.333333333333333, '1.10000000000000001')
    """
    return float(f"{value:.15g}") if isinstance(value, float) else value


def _encode(value: Scalar) -> Any:
    """A value as JSON has it, which knows neither bytes nor numbers without end."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    return {"blob": value.hex()} if isinstance(value, bytes) else value


def _decode(value: Any) -> Scalar:
    if isinstance(value, dict):
        return float(value["number"]) if "number" in value else bytes.fromhex(value["blob"])
    return value
