"""Lines of JSON, one object each, with the keys that their format declares for each field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StringType, StructField, StructType

from loglake_spark.fields import SKIPPED, present, select_fields
from loglake_spark.plan import Format

# the members of an object that are read, and of those that may be objects, their members
Members = dict[str, "Members"]


def read_json(lines: DataFrame, json_format: Format) -> DataFrame:
    """Fields of each of the numbered ``lines``, as ``select_fields`` describes.

    ``problem`` is ``invalid_json``, ``not_an_object`` or ``skipped``. A line is parsed once, and a member
    that is an object itself once more, where it may hold one of the keys.
    """
    members: Members = {}
    for key in (key for keys in json_format.fields.values() for key in keys):
        insert(members, key)

    # in an array, so that anything after the object makes the line invalid rather than being passed over
    array = F.from_json(F.concat(F.lit("["), "line", F.lit("]")), ArrayType(strings(members)))
    parsed = lines.withColumn("array", array).withColumn("object", F.col("array")[0].cast(by_position(members)))
    parsed, places = with_members(parsed, members)

    fields = {
        field: text_value(F.coalesce(*(present(F.col(place)) for key in keys for place in places[key])))
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


def with_members(parsed: DataFrame, members: Members) -> tuple[DataFrame, dict[str, list[str]]]:
    """Parse the members that are objects, level by level below the column ``object``.

    Returns the frame, and for each key the names of the columns that may hold it.
    """
    places: dict[str, list[str]] = defaultdict(list)
    level = [("object", "", members)]
    count = 0
    while level:
        columns: dict[str, Column] = {}
        below: list[tuple[str, str, Members]] = []
        for column, prefix, inner in level:
            for index, member in enumerate(sorted(inner)):
                place = f"{column}.f{index}"
                places[prefix + member].append(place)
                if inner[member]:
                    name = f"object_{count}"
                    count += 1
                    columns[name] = object_at(place, inner[member])
                    below.append((name, f"{prefix}{member}.", inner[member]))
        parsed = parsed.select("*", *(column.alias(name) for name, column in columns.items()))
        level = below
    return parsed, places


def object_at(place: str, members: Members) -> Column:
    """The object whose text is at ``place``; null where there is something else."""
    text = F.col(place)
    # asked first: an exception for each value that is no object would take longer than all the rest
    return F.when(text.startswith("{"), F.from_json(text, strings(members))).cast(by_position(members))


def strings(members: Iterable[str]) -> StructType:
    """Every member as text, numbers and objects too."""
    return StructType([StructField(member, StringType()) for member in sorted(members)])


def by_position(members: Iterable[str]) -> StructType:
    """The same as f0, f1 and so on: Spark can't tell ``time`` from ``Time``, nor reach a name with a dot."""
    return StructType([StructField(f"f{index}", StringType()) for index, _ in enumerate(members)])
