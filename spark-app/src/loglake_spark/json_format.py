"""Lines of JSON, one object each, with the keys that their format declares for each field."""

from __future__ import annotations

from collections import defaultdict

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from loglake_spark.fields import SKIPPED, present, select_fields
from loglake_spark.plan import Format

# the members of an object that are read, and of those that may be objects, their members
Members = dict[str, "Members"]

# every member as text, numbers and objects too; a struct of all the members that are read takes as long to fill, and
# can't tell `time` from `Time`
OBJECT = "map<string, string>"


def read_json(lines: DataFrame, json_format: Format) -> DataFrame:
    """Fields of each of the numbered ``lines``, as ``select_fields`` describes.

    ``problem`` is ``invalid_json``, ``not_an_object`` or ``skipped``. A line is parsed once, and a member
    that is an object itself once more, where it may hold one of the keys.
    """
    members: Members = {}
    for key in (key for keys in json_format.fields.values() for key in keys):
        insert(members, key)

    # in an array, so that anything after the object makes the line invalid rather than being passed over
    array = F.from_json(F.concat(F.lit("["), "line", F.lit("]")), f"array<{OBJECT}>", {"allowSingleQuotes": "false"})
    parsed = lines.withColumn("array", array).withColumn("object", F.col("array")[0])
    parsed, places = with_members(parsed, members)

    fields = {
        field: text_value(F.coalesce(*(present(place) for key in keys for place in places[key])))
        for field, keys in json_format.fields.items()
    }
    return select_fields(parsed, problem_of(json_format), fields)


def problem_of(json_format: Format) -> Column:
    """Why a line is no object, null where it is one."""
    line = F.col("line")
    broken = (
        F.when(line.rlike(json_format.skip), SKIPPED)
        .when(F.ltrim(line).startswith("{"), "invalid_json")
        .otherwise("not_an_object")
    )
    one_object = F.col("object").isNotNull() & (F.size("array") == 1)
    return F.when(~F.coalesce(one_object, F.lit(False)), broken)


def text_value(value: Column) -> Column:
    """A value as text: of an array, as Go's writers make of a header, the first element; of an object, nothing."""
    first = F.get_json_object(value, "$[0]")
    return F.when(value.startswith('["'), first).when(~value.startswith("{"), value)


def insert(members: Members, key: str) -> None:
    """Add ``key`` as it is, and as the way through objects that its dots can mean."""
    members.setdefault(key, {})
    if "." in key:
        outer, inner = key.split(".", maxsplit=1)
        insert(members.setdefault(outer, {}), inner)


def with_members(parsed: DataFrame, members: Members) -> tuple[DataFrame, dict[str, list[Column]]]:
    """Parse the members that are objects, level by level below the column ``object``.

    Returns the frame, and for each key the columns that may hold its value.
    """
    places: dict[str, list[Column]] = defaultdict(list)
    level = [("object", "", members)]
    count = 0
    while level:
        objects: list[Column] = []
        below: list[tuple[str, str, Members]] = []
        for column, prefix, inner in level:
            for member in inner:
                value = F.col(column)[member]
                places[prefix + member].append(value)
                if inner[member]:
                    name = f"object_{count}"
                    count += 1
                    # asked first: an exception for each value that is no object would take longer than all the rest
                    objects.append(F.when(value.startswith("{"), F.from_json(value, OBJECT)).alias(name))
                    below.append((name, f"{prefix}{member}.", inner[member]))
        parsed = parsed.select("*", *objects)
        level = below
    return parsed, places
