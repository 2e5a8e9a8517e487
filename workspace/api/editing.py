"""The verbs that change a document: in words, by a typed edit, back and forth. Each change is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workspace.agent.reply import Answer, Clarify, Composed, Offer, Reply
from workspace.api.composing import FACES, NAMES
from workspace.api.refining import Refining
from workspace.artifact import edit as edits
from workspace.artifact.edit import Edit
from workspace.artifact.model import MOST_PLACES, Artifact, Block, BoundBlock, Chart, Metric, Table, Text, View
from workspace.artifact.spans import Span, place_of, touched_by
from workspace.artifact.styles import Style, figures_of, style_of
from workspace.artifact.whole import VERBS
from workspace.errors import ArtifactInvalid, LooseClaim, LooseNumeral, NoAppError

if TYPE_CHECKING:
    from workspace.artifact.outcome import Choose, Outcome, Wanted
    from workspace.artifact.pointing import Part
    from workspace.artifact.wording import Wording

__all__ = ["MOST_PLACES", "Editing", "Style", "edits", "figures_of"]


_SHOWS = {
    "document": "a page to read and to print",
    "table": "a sheet for each query, to sort and to search",
    "slides": "an idea on each, to show full screen",
    "app": "its sections side by side, under what readers may set",
}  # what each face is


class Editing(Refining):
    """The part of a `Workspace` that changes documents."""

    if TYPE_CHECKING:

        def wish(
            self, wish: Any, *, source: str, slug: str | None = None, message: str = "", words: str = ""
        ) -> Reply: ...
        def _of_all(self, slug: str, change: Wording, words: str, touched: Span | None = None) -> Composed | None: ...

    def say(self, slug: str, text: str, *, touched: Span | None = None) -> Reply:
        """What somebody says while they look at an artifact: a change of it, or a question about its source.

        Args:
            slug: of the artifact.
            text: "move the chart up", "as slides", "revenue per month".
            touched: the blocks that were last spoken of, which "it" means.
        """
        from workspace.artifact.wording import wording_of
        from workspace.question.recurrence import zone_at
        from workspace.question.request import request_in
        from workspace.question.wish import wish_in

        clock = self._clock()
        wish = wish_in(text, zone_at(clock), clock.date())
        if wish is not None and not wish.noun:
            queries = self.load(slug).queries
            return self.wish(wish, source=queries[0].source if queries else "", slug=slug, words=text)
        request = request_in(text)
        if request is not None and request.of in ("this", "any"):
            return self.face(slug, request.kind, text)
        wording = wording_of(text)
        if wording is not None:
            made = self.edit(slug, wording, words=text, touched=touched)
            if made is not None:
                return made
        return self.ask(text, source=self.load(slug).queries[0].source if self.load(slug).queries else None)

    def face(self, slug: str, kind: str, words: str) -> Composed:
        """The address of another face of an artifact: the same figures as slides, as a spreadsheet."""
        info = self.info(slug)
        message = f"“{info.title}” as {NAMES[kind]}: {_SHOWS[kind]}, with the same figures."
        return Composed(words, message, slug, info.title, info.version, self.address(slug) + FACES[kind], done=False)

    def edit(
        self, slug: str, change: Wording | Edit, *, words: str = "", touched: Span | None = None,
        target: Span | None = None, version: int | None = None,
    ) -> Composed | None:  # fmt: skip
        """Change an artifact.

        Args:
            slug: of the artifact.
            change: a change in words, or a typed edit.
            words: what the person said.
            touched: the blocks that were last spoken of, which "it" means.
            target: the part it is done to, where that was chosen.
            version: the version that the edit was made on; another one since is not overwritten.

        Returns:
            what was done or has to be said; None for words that name nothing here and so may be a question.

        Raises:
            NotFound: no such artifact.
            ArtifactInvalid, LooseNumeral: the edit cannot be made.
        """
        from workspace.artifact.outcome import Cannot
        from workspace.artifact.resolve import resolve
        from workspace.artifact.wording import Wording

        artifact = self.load(slug)
        if not isinstance(change, Wording):
            if version is not None and self.info(slug).version != version:
                raise ArtifactInvalid("It was changed meanwhile.", hint="Look at it again, then change it.")
            return self._apply(slug, artifact, change, words)
        if change.verb in ("undo", "redo"):
            return self._back(slug, words, forth=change.verb == "redo")
        if change.verb in VERBS:
            return self._of_all(slug, change, words, touched)
        outcome = resolve(change, artifact, touched=touched, target=target)
        if isinstance(outcome, Cannot) and not outcome.known:
            if change.verb in ("remove", "keep"):
                made = self._conditioned(slug, artifact, change, words)
                if made is not None:
                    return made
            if not change.sure:
                return None
        try:
            return self._outcome(slug, artifact, outcome, change, words, touched)
        except (ArtifactInvalid, LooseClaim, LooseNumeral) as problem:
            return self._unchanged(slug, words, str(problem))

    def preview(self, view: View, block: int, template: str) -> BoundBlock:
        """How a text would read in the place of the block number ``block``; its ``problem`` says why it is refused."""
        from workspace.artifact.model import Problem
        from workspace.artifact.refresh import bind_blocks

        old = view.artifact.blocks[block]
        try:
            made = edits.apply(view.artifact, edits.Reword(block, template))
        except NoAppError as problem:
            return BoundBlock(old, problem=Problem(problem.code, problem.message, problem.hint))
        place = min(block, len(made.blocks) - 1)
        return bind_blocks(made, view.results, view.problems)[place]

    def styled(self, view: View, query: str, column: str, style: Style) -> tuple[str, str, bool]:
        """The largest figure of a column as it reads now and in another style; whether nothing would change.

        Raises:
            ArtifactInvalid: decimals or a unit that cannot be written.
        """
        named, result = view.artifact.query(query), view.results[query]
        now = named.shown(column)
        then = style.over(now)
        place, values = result.columns[result.index(column)], result.column(column)
        largest = max((value for value in values if isinstance(value, int | float)), key=abs, default=None)
        other = named.model_copy(update={"columns": (then,)})
        return named.writer(place, values)(largest), other.writer(place, values)(largest), then == now

    def undo(self, slug: str) -> Composed:
        """Take the last change back, as a further version."""
        return self._back(slug, "undo")

    def redo(self, slug: str) -> Composed:
        """Make the change again that was taken back last."""
        return self._back(slug, "redo", forth=True)

    def perform(self, request: Mapping[str, Any], words: str = "") -> Composed:
        """Do what an offer of a `Composed` reply says."""
        from workspace.artifact.outcome import Wanted
        from workspace.artifact.wording import Wording

        if request["do"] == "edit":
            wording = Wording.from_dict(dict(request["wording"]))
            touched = tuple(request["touched"]) if request.get("touched") else None
            target = tuple(request["target"]) if request.get("target") else None
            made = self.edit(request["slug"], wording, words=words, target=target, touched=touched)
            return made or self._unchanged(request["slug"], words, "That part is not there any more.")
        answer = self._planned(request["question"], request["plan"], request["source"])
        if not isinstance(answer, Answer):
            return self._unchanged(request["slug"], words, answer.text)
        if request["do"] == "refine":
            artifact = self.load(request["slug"])
            return self._refined(request["slug"], artifact, [(tuple(request["target"]), answer)], words)
        if not request["slug"]:
            made, _ = self._keep_page(request.get("title", ""), self._parts([answer]), "")
            return self._composed(made, words, f"“{made.title}” holds the answer.", (0, 0))
        artifact = self.load(request["slug"])
        at = request["at"] if "at" in request else place_of(artifact, request["section"])
        at = len(artifact.blocks) if at is None else at
        return self._added(request["slug"], artifact, answer, Wanted("add", "", at, request.get("form", "")), words)

    # ----------------------------------------------------------------------------------------------------- outcomes
    def _outcome(
        self, slug: str, artifact: Artifact, outcome: Outcome, wording: Wording, words: str, touched: Span | None
    ) -> Composed | None:
        from workspace.artifact.outcome import Cannot, Choose, Ready

        if isinstance(outcome, Ready):
            return self._apply(slug, artifact, outcome.edit, words, outcome.label)
        if isinstance(outcome, Cannot):
            return self._unchanged(slug, words, outcome.message)
        if isinstance(outcome, Choose):
            offers = tuple(
                Offer(part.label, {"do": "edit", "slug": slug, "touched": list(touched) if touched else None,
                                   **_chosen(part, wording, artifact, outcome)})
                for part in outcome.parts
            )  # fmt: skip
            if wording.verb == "refine" and len(offers) > 1:
                every = {"do": "edit", "slug": slug, "target": None, "touched": None,
                         "wording": replace(wording, object="all parts").to_dict()}  # fmt: skip
                offers = (Offer("all of it", every), *offers)
            return replace(self._unchanged(slug, words, outcome.message), offers=offers)
        if outcome.kind == "add":
            return self._add(slug, artifact, outcome, words)
        if outcome.kind == "reask":
            return self._reasked(slug, artifact, outcome, words)
        if outcome.kind == "draw":
            return self._drawn(slug, artifact, outcome, words)
        if outcome.kind == "write":
            return self._written(slug, artifact, outcome, wording, words)
        return self._refine(slug, artifact, outcome.parts, outcome.words, words, wording, outcome.all)

    def _apply(self, slug: str, artifact: Artifact, edit: Edit, words: str, label: str = "") -> Composed:
        """Make a typed edit and keep it as a new version."""
        made = edits.apply(artifact, edit)
        message = edits.said(edit, artifact, label)
        return self._new_version(slug, made, words, message, touched_by(edit))

    def _back(self, slug: str, words: str, *, forth: bool = False) -> Composed:
        bodies = [self.load(slug, version.number) for version in reversed(self.history(slug))]
        done, undone = edits.steps(bodies)
        if forth:
            wanted, none = (undone[-1] if undone else None), "Nothing was taken back that could be made again."
        else:
            wanted, none = (done[-2] if len(done) > 1 else None), "There is nothing to undo: this is how it was made."
        if wanted is None:
            return self._unchanged(slug, words, none)
        message = "The change is made again." if forth else "The last change is taken back."
        return self._new_version(slug, wanted, words, message, (0, 0))

    # ----------------------------------------------------------------------------------------------------- questions
    def _add(self, slug: str, artifact: Artifact, wanted: Wanted, words: str) -> Composed:
        """Ask what is to be added; a paragraph on something is the document's own question about it."""
        source = artifact.queries[0].source if artifact.queries else None
        reply = self._walk(wanted.words, source)
        asked = wanted.words
        if not isinstance(reply, Answer) or (wanted.form == "paragraph" and not reply.plan):
            for question in _about(wanted.words, artifact):
                other = self._walk(question, source)
                if isinstance(other, Answer):
                    reply, asked = other, question
                    break
        if isinstance(reply, Answer):
            return self._added(slug, artifact, reply, wanted, words)
        if isinstance(reply, Clarify):
            offers = tuple(
                Offer(choice.label, {"do": "add", "slug": slug, "source": source, "question": asked,
                                     "plan": choice.plan.to_dict(), "at": wanted.at, "form": wanted.form})
                for choice in reply.choices
            )  # fmt: skip
            return replace(self._unchanged(slug, words, reply.message), offers=offers)
        return self._unchanged(slug, words, f"Nothing was added: {reply.text}")

    def _added(self, slug: str, artifact: Artifact, answer: Answer, wanted: Wanted, words: str) -> Composed:
        from workspace.artifact.compose import as_heading
        from workspace.artifact.pointing import is_heading
        from workspace.artifact.report import section

        part, name = self._parts([answer])[0], edits.fresh_name(artifact)
        made = section(part, name)
        blocks, note = _formed(made.blocks, wanted.form, name)
        headed = any(is_heading(block) for block in artifact.blocks)
        if wanted.form == "paragraph" and headed and wanted.at >= len(artifact.blocks):
            blocks = made.blocks[:2]  # with its heading: it does not belong to the last section
        if not headed and is_heading(blocks[0]):
            old = (Text(template=f"## {as_heading(artifact.title)}"), *artifact.blocks)
            whole = (*blocks, *old) if wanted.at == 0 else (*old, *blocks)
            edit: Edit = edits.Replace(0, len(artifact.blocks), whole, made.queries)
            touched = (0, len(blocks)) if wanted.at == 0 else (len(old), len(whole))
        else:
            edit, touched = edits.Insert(wanted.at, blocks, made.queries), (wanted.at, wanted.at + len(blocks))
        changed = edits.apply(artifact, edit)
        where = "" if wanted.at >= len(artifact.blocks) else " there"
        what = "A paragraph on " if wanted.form == "paragraph" else ""
        message = f"{what}“{made.title}” is added{where}.{note}"
        return self._new_version(slug, changed, words, message, touched, {name: part.result})

    def _written(self, slug: str, artifact: Artifact, wanted: Wanted, wording: Wording, words: str) -> Composed:
        """Figures in another format; what is no fraction and is to be a percentage is asked as a share instead."""
        from workspace.artifact.format import heading

        style, results = style_of(wanted.words), self.open(slug).results
        assert style is not None, "only words that are a format are read as one"
        figures = {name: figures_of(artifact.query(name), result) for name, result in results.items()}
        columns = tuple((query, name) for query, name in wanted.columns if name in figures.get(query, ()))
        names = list(dict.fromkeys(name for _, name in columns))
        if not names:
            return self._unchanged(slug, words, "There are no figures that could be written otherwise.")
        if len(names) > 1 and (style.unit or style.percent):
            offers = tuple(
                Offer(heading(name), {"do": "edit", "slug": slug, "target": None, "touched": None,
                                      "wording": replace(wording, object=name).to_dict()})
                for name in names
            )  # fmt: skip
            return replace(self._unchanged(slug, words, f"Which figures do you want {wanted.words}?"), offers=offers)
        whole = [
            entry
            for entry in columns
            if style.percent and (shown := artifact.query(entry[0]).shown(entry[1])).unit != "%"
            and shown.format != "percent"
            and any(abs(value) > 1 for value in results[entry[0]].column(entry[1]) if isinstance(value, int | float))
        ]  # fmt: skip
        if whole:
            return self._shared(slug, artifact, whole, style, words)
        return self._apply(slug, artifact, edits.Write(columns, style), words)

    def _shared(
        self, slug: str, artifact: Artifact, columns: Sequence[tuple[str, str]], style: Style, words: str
    ) -> Composed:
        """The parts whose figures are no fractions, each asked for its share of the total."""
        from workspace.artifact.format import heading
        from workspace.artifact.pointing import parts_of, queries_of

        found: list[tuple[Span, Answer]] = []
        for query, name in columns:
            sections = [p for p in parts_of(artifact) if p.kind == "section"]
            part = next(
                (p for p in sections if [q.name for q in queries_of(artifact, p.start, p.stop)] == [query]), None
            )
            asked = artifact.query(query)
            reply = self._walk(f"share of {asked.question}", asked.source) if part is not None else None
            if part is not None and isinstance(reply, Answer):
                found.append(((part.start, part.stop), reply))
            else:
                said = f"{heading(name)} is no part of a whole that could be a percentage"
                return self._unchanged(
                    slug, words, f"{said}: ask for the share you mean, “share of revenue per country”."
                )
        made, message, touched, kept = self._asked_anew(artifact, found)
        shares = tuple(
            (q.name, c.name) for q in made.queries if q.name in kept for c in q.columns if c.format == "percent"
        )
        made = edits.apply(made, edits.Write(shares, replace(style, percent=None)))
        return self._new_version(
            slug, made, words, f"{message} Its figures are shares of the total now.", touched, kept
        )

    def _drawn(self, slug: str, artifact: Artifact, wanted: Wanted, words: str) -> Composed:
        """A table as a chart."""
        from workspace.artifact.report import chart

        part = wanted.parts[0]
        block = artifact.blocks[part.start]
        assert isinstance(block, Table), "only a table is drawn as a chart"
        view: View = self.open(slug)
        query = artifact.query(block.query)
        if block.query not in view.results:
            return self._unchanged(slug, words, "Its query does not run, so there is nothing to draw.")
        found = chart(query, view.results[block.query], self.catalog(query.source))
        if found is None:
            return self._unchanged(slug, words, "This table has no figures that could be drawn beside its names.")
        mark = wanted.words.rpartition(" ")[2]
        made = edits.apply(artifact, edits.Replace(part.start, part.stop, (found,)))
        if mark in edits.MARKS:
            made = edits.apply(made, edits.Draw(part.start, mark=edits.MARKS[mark]))
        message = f"{part.label[:1].upper()}{part.label[1:]} is drawn as a chart now."
        return self._new_version(slug, made, words, message, (part.start, part.stop))


# ------------------------------------------------------------------------------------------------------------- parts
def _chosen(part: Part, wording: Wording, artifact: Artifact, choice: Choose) -> dict[str, Any]:
    """What an offer of a part says: that it is done to it, or that it is done beside it."""
    from workspace.artifact.pointing import phrase_for

    if not choice.beside:
        return {"wording": wording.to_dict(), "target": [part.start, part.stop]}
    return {"wording": replace(wording, anchor=phrase_for(part, artifact)).to_dict(), "target": None}


def _formed(blocks: tuple[Block, ...], form: str, name: str) -> tuple[tuple[Block, ...], str]:
    """What of a section is added where a chart, a table, a figure or a paragraph was asked for."""
    heading, text, *pictures = blocks
    if form in ("", "section"):
        return blocks, ""
    if form == "paragraph":
        return (text,), ""
    if form == "table":
        return (heading, Table(query=name)), ""
    kind = Chart if form == "chart" else Metric
    found = tuple(block for block in pictures if isinstance(block, kind))
    if found:
        return (heading, *found), ""
    return (
        blocks,
        f" It is no {'chart' if form == 'chart' else 'single figure'}: its answer is shown as it is best read.",
    )


def _about(topic: str, artifact: Artifact) -> list[str]:
    """The questions of a document, asked of one thing: "revenue per month in Germany"."""
    asked = [query.question for query in artifact.queries if query.question][:6]
    return [f"{question} {word} {topic}" for question in asked for word in ("in", "for", "of")]
