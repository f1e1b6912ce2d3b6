"""Lines of text, matched by the grok template that their format declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from loglake_spark.fields import SKIPPED, present, select_fields
from loglake_spark.plan import Format, PlanError

# stands between the fields of a matched line; a line that holds it already gets the replacement character there
SEPARATOR = "\u0001"
REPLACEMENT = "\ufffd"

REFERENCE = re.compile(r"%\{(\w+)(?::(\w+))?\}")
# an escaped character, a character class, or the end of a repeated group
TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\)[*+](?![*+?])")

# fields that servers put between quotes, with quotes in them escaped
QUOTED_FIELDS = ("request", "http_request_header_referer", "user_agent_original")


@dataclass(frozen=True)
class Grok:
    """A Java regular expression, and the field in each of its groups."""

    regex: str
    fields: tuple[str, ...]


def compile_grok(template: str, patterns: Mapping[str, str]) -> Grok:
    """Turn a grok template and its patterns into one expression; ``PlanError`` for a pattern that is not given."""
    fields: list[str] = []

    def group(reference: re.Match[str]) -> str:
        name, field = reference.groups()
        if name not in patterns:
            raise PlanError(f"plan: grok names an unknown pattern, got {name}")
        if field is None:
            return f"(?:{patterns[name]})"
        fields.append(field)
        return f"({patterns[name]})"

    return Grok(possessive_groups(REFERENCE.sub(group, template)), tuple(fields))


def possessive_groups(regex: str) -> str:
    """Make every repeated group possessive.

    Java calls itself once for each repetition that it may have to take back: a few thousand escaped
    characters in a line would overflow the stack and fail the whole job. Formats promise that there is
    nothing to take back.
    """
    return TOKEN.sub(lambda token: f"{token[0]}+" if token[0].startswith(")") else token[0], regex)


def read_text(lines: DataFrame, text_format: Format) -> DataFrame:
    """Fields of each of the numbered ``lines``, as ``select_fields`` says; ``problem`` is ``no_match`` or ``skipped``.

    The expression runs once a line: the match is rewritten as its groups with separators between them, and
    split. Eleven ``regexp_extract`` would run it eleven times.
    """
    grok = compile_grok(text_format.grok, text_format.patterns)
    # each group ends with a separator, so that a line that doesn't match, and stays as it is, has one part only
    rewritten = "".join(f"${index + 1}{SEPARATOR}" for index in range(len(grok.fields)))
    line = F.expr(f"replace(line, '{SEPARATOR}', '{REPLACEMENT}')")
    parsed = lines.withColumn("parts", F.split(F.regexp_replace(line, F.lit(grok.regex), F.lit(rewritten)), SEPARATOR))

    problem = F.when(F.size("parts") <= len(grok.fields), unmatched(text_format))
    parts = {field: F.col("parts")[index] for index, field in enumerate(grok.fields)}
    return select_fields(parsed, problem, {field: field_value(field, part) for field, part in parts.items()})


def unmatched(text_format: Format) -> Column:
    """Why a line didn't match: it was not meant to, or it is broken."""
    return F.when(F.col("line").rlike(text_format.skip), SKIPPED).otherwise("no_match")


def field_value(field: str, part: Column) -> Column:
    """A field as it was before the server put quotes around it, and escaped those in it."""
    if field == "extra":
        return present(F.regexp_replace(F.trim(part), '^"-"$', ""))
    if field == "user_name":
        return present(F.when(part.startswith('"'), F.regexp_replace(part, '^"(.*)"$', "$1")).otherwise(part))
    if field in QUOTED_FIELDS:
        unescaped = F.regexp_replace(part, r'\\(["\\])', "$1")
        return present(F.when(part.contains("\\"), unescaped).otherwise(part))
    return present(part)
