from __future__ import annotations

import pytest

from loglake_spark.sizing import MEBIBYTE, event_files, parse_tasks, raw_bytes, shuffle_partitions


@pytest.mark.parametrize(("paths", "expected"), [(["a.log"], 100), (["a.gz"], 1000), (["a.log", "b.gz"], 550), ([], 0)])
def test_compressed_objects_count_ten_times(paths: list[str], expected: int) -> None:
    assert raw_bytes(100, paths) == expected


@pytest.mark.parametrize(
    ("raw", "files"), [(0, 1), (1, 1), (128 * MEBIBYTE, 1), (237 * MEBIBYTE, 2), (10_240 * MEBIBYTE, 80)]
)
def test_a_file_of_events_holds_128_mebibytes_of_lines(raw: int, files: int) -> None:
    assert event_files(raw) == files


@pytest.mark.parametrize(
    ("raw", "cores", "partitions"), [(0, 2, 2), (64 * MEBIBYTE, 2, 2), (640 * MEBIBYTE, 2, 10), (1 << 40, 2, 2000)]
)
def test_a_shuffle_has_a_task_for_each_core_at_least(raw: int, cores: int, partitions: int) -> None:
    assert shuffle_partitions(raw, cores) == partitions


def test_lines_are_parsed_in_tasks_of_128_mebibytes() -> None:
    assert [parse_tasks(n * MEBIBYTE) for n in (0, 100, 1000)] == [0, 1, 8]
