"""What a template may ask of a query's result: names of `workspace.artifact.figures.Figures`."""

from __future__ import annotations

ATTRIBUTES = frozenset({"rows", "empty", "one", "where", "within", "noun", "nouns", "paired"})
_FIGURES = "value first last rows sum min max mean share share_of_first share_of_max change growth ratio count_min"
_PICKS = "at_max at_min earliest latest list leaders label param"
_TESTS = "missing missing_ratio rising falling grew fell tied tied_min equal partial cut complete entire"
_COURSE = "initial reached settled moved high high_at low low_at year_ago year_moved sum_to sum_moved"
_PARTS = "leading share_of_leading portion lead unnamed share_of_unnamed unnamed_leads settled_leader settled_most"
_COURSE_TESTS = "finished unbroken rose dropped rose_over_all dropped_over_all sum_rose sum_dropped"
_YEAR_TESTS = "year_known year_rose year_dropped"
VERBS = frozenset(f"{_FIGURES} {_PICKS} {_TESTS} {_COURSE} {_PARTS} {_COURSE_TESTS} {_YEAR_TESTS}".split())
