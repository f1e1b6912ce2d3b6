from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyspark.sql import Row, SparkSession

from loglake_spark.errors import LoglakeError
from loglake_spark.lines import count_blocks, key_of, lines_by_source, number_lines, scan_lines, source_of
from loglake_spark.plan import Source


def source_at(location: str | Path, name: str = "web") -> Source:
    uri = location if isinstance(location, str) else f"file://{location}"
    return Source(source=name, location=uri, format="combined")


def numbered_lines(spark: SparkSession, sources: Sequence[Source]) -> list[Row]:
    scan = scan_lines(spark, [source.location for source in sources])
    rows = number_lines(scan, count_blocks([scan]), sources).collect()
    return sorted(rows, key=lambda row: (str(row.log_file_path), int(row.log_file_line)))


def contents(rows: Sequence[Row]) -> list[tuple[int, str]]:
    return [(row.log_file_line, row.line) for row in rows]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"\n\na\n", ["", "", "a"]),
        (b"a\rb\n", ["a\rb"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"", []),
        (b"\n", [""]),
    ],
    ids=[
        "newlines",
        "no newline at the end",
        "carriage returns",
        "blank lines",
        "a lone carriage return",
        "a byte order mark",
        "nothing",
        "one blank line",
    ],
)
def test_lines_are_numbered_from_1_as_written_with(
    content: bytes, lines: list[str], spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_bytes(content)

    assert contents(numbered_lines(spark, [source_at(tmp_path)])) == list(enumerate(lines, 1))


def test_lines_keep_their_numbers_when_an_object_is_read_in_parts(spark: SparkSession, tmp_path: Path) -> None:
    lines = [f"line {number:06d} {'x' * (number % 50)}" for number in range(1, 20_001)]
    (tmp_path / "a.log").write_text("\n".join(lines))
    (tmp_path / "b.log").write_text("\n".join(lines[:100]))
    spark.conf.set("spark.sql.files.maxPartitionBytes", "64k")
    spark.conf.set("spark.sql.files.openCostInBytes", "1k")
    try:
        scan = scan_lines(spark, [f"file://{tmp_path}"])
        blocks = count_blocks([scan])
        rows = numbered_lines(spark, [source_at(tmp_path)])
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
        spark.conf.unset("spark.sql.files.openCostInBytes")

    assert len(blocks) > 5
    assert contents(rows[:20_000]) == list(enumerate(lines, 1))
    assert contents(rows[20_000:]) == list(enumerate(lines[:100], 1))


def test_gzip_is_read_like_plain_text(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"a\nb\n"))

    assert contents(numbered_lines(spark, [source_at(tmp_path)])) == [(1, "a"), (2, "b")]


def test_objects_in_folders_below_are_read(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "host-1" / "hour=01").mkdir(parents=True)
    (tmp_path / "host-1" / "hour=01" / "a.log").write_text("a\n")

    (row,) = numbered_lines(spark, [source_at(tmp_path)])

    assert row.line == "a"
    assert str(row.log_file_path).endswith("/host-1/hour=01/a.log")


def test_a_path_with_unusual_characters_is_given_as_it_is(spark: SparkSession, tmp_path: Path) -> None:
    name = "a b%20c+ü=,#.log"
    (tmp_path / name).write_text("a\n")

    (row,) = numbered_lines(spark, [source_at(tmp_path)])

    assert str(row.log_file_path).endswith(f"/{name}")


def test_each_line_knows_its_source(spark: SparkSession, tmp_path: Path) -> None:
    sources = [source_at(tmp_path / name, name) for name in ("web", "web2", "empty")]
    for name, text in (("web", "a\n"), ("web2", "b\nc\n"), ("empty", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.log").write_text(text)

    scan = scan_lines(spark, [source.location for source in sources])
    blocks = count_blocks([scan])

    assert {(row.source, row.line) for row in numbered_lines(spark, sources)} == {
        ("web", "a"),
        ("web2", "b"),
        ("web2", "c"),
    }
    assert lines_by_source(blocks, sources) == {"web": 1, "web2": 2, "empty": 0}


def test_an_event_id_follows_from_the_key_and_the_number(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("a\na\n")
    (tmp_path / "b.log").write_text("a\n")

    first = [row.event_id for row in numbered_lines(spark, [source_at(tmp_path)])]
    again = [row.event_id for row in numbered_lines(spark, [source_at(tmp_path)])]

    assert first == again
    assert len(set(first)) == 3
    assert all(len(event_id) == 32 and int(event_id, 16) > 0 for event_id in first)
    assert first[0][20:] == "000000000001"


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("s3://bucket/web/dt=2026-03-04/a.log", "web/dt=2026-03-04/a.log"),
        ("s3a://another/web/dt=2026-03-04/a.log", "web/dt=2026-03-04/a.log"),
        ("file:///var/log/a.log", "var/log/a.log"),
        ("file:/var/log/a.log", "var/log/a.log"),
    ],
)
def test_a_key_leaves_out_the_bucket(uri: str, key: str) -> None:
    assert key_of(uri) == key


def test_a_line_belongs_to_the_nearest_location() -> None:
    sources = [source_at("s3://raw/web/", "outer"), source_at("s3://raw/web/inner/", "inner")]

    assert source_of("s3://raw/web/a.log", sources) == "outer"
    assert source_of("s3://raw/web/inner/a.log", sources) == "inner"


def test_an_object_outside_of_all_locations_is_refused() -> None:
    with pytest.raises(LoglakeError, match=r"s3://raw/other/a\.log lies in no location"):
        source_of("s3://raw/other/a.log", [source_at("s3://raw/web/")])


def test_bytes_that_are_no_utf_8_make_no_line_fall_away(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"a\xff\xfeb\n\xc3\nc\n")
    scan = scan_lines(spark, [f"file://{tmp_path}"])

    assert [block.lines for block in count_blocks([scan])] == [3]
