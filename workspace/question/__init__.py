"""English to a plan, with no model and no I/O: text + catalog + clock to ranked readings.

    from workspace.question.read import read            # a question, or a follow-up to the plan in focus
    from workspace.question.followup import follow_ups  # what could be asked next
    from workspace.question.suggest import suggest      # questions to begin with
    from workspace.question.sql import to_query         # a plan as SQL
    from workspace.question.explain import explain      # a plan as one sentence

The way of a question: `tokens` → `linking` (items: structure, names, values, numbers, dates) → `parse` with the
ordered rules of `grammar` (a frame) → `resolve`, `narrow`, `build`, `sorting`, `assemble` (a plan) → `rank`
(candidates, scored, with a fitted confidence) → `read` (answer, ask back, or decline). Words are data files under
``data/``.
"""
