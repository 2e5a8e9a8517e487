"""The functions and engine tables a query may use in SQLite; whatever is not named here is refused.

A list of what is allowed, not of what is denied: an engine built with more functions than we know of stays safe. Not in
it: ``load_extension``, ``readfile``, ``writefile``, ``edit``, ``fts3_tokenizer``, ``optimize``, ``sqlite_*``, ``fts5``.
"""

from __future__ import annotations

_CORE = """
abs changes char coalesce concat concat_ws format glob hex ifnull iif if instr last_insert_rowid length like likelihood
likely lower ltrim max min nullif octet_length printf quote random randomblob replace round rtrim sign soundex substr
substring total_changes trim typeof unhex unicode unistr unistr_quote unlikely upper zeroblob
subtype match regexp -> ->>
"""
_MATH = """
acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power
radians sin sinh sqrt tan tanh trunc
"""
_DATE = "date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp"
_AGGREGATE = "avg count group_concat string_agg sum total median percentile percentile_cont percentile_disc"
_WINDOW = "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number"
_JSON = """
json json_array json_array_insert json_array_length json_each json_error_position json_extract json_group_array
json_group_object json_insert json_object json_patch json_pretty json_quote json_remove json_replace json_set json_tree
json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert jsonb_object
jsonb_patch jsonb_remove jsonb_replace jsonb_set
"""
_SEARCH = "bm25 highlight snippet matchinfo offsets fts5_get_locale"

ALLOWED_FUNCTIONS = frozenset(" ".join((_CORE, _MATH, _DATE, _AGGREGATE, _WINDOW, _JSON, _SEARCH)).split())

# Table-valued functions that compute from their arguments alone.
ALLOWED_MODULES = frozenset({"json_each", "json_tree", "jsonb_each", "jsonb_tree", "generate_series"})
