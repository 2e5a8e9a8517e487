"""The semantic model: what words mean in one source, kept in a YAML file that people and the workspace both edit.

    from workspace.semantics.model import Semantics     # metrics, synonyms, descriptions, filters, hidden things
    from workspace.semantics.text import from_yaml      # read, with an error that names line and key
    from workspace.semantics.file import SemanticsFile  # the file of one source, read again when it changes

`expressions` turns what is written into nodes of a plan: no SQL text of a person's ever reaches a database. `settled`
lays a model over a catalog; the planner takes everything from the catalog that comes out of it.
"""
