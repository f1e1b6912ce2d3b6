"""How many tasks and files a run needs, from the size of what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

MEBIBYTE = 1 << 20

# logs shrink to about a tenth under gzip
GZIP_FACTOR = 10

# raw bytes that go into one file of events: about 15 MiB of Parquet, well within Redshift's 1 MB to 1 GB
# (https://docs.aws.amazon.com/redshift/latest/dg/c_best-practices-use-multiple-files.html)
RAW_BYTES_PER_FILE = 128 * MEBIBYTE

# raw bytes whose events one task of a shuffle takes; adaptive execution joins what turns out small
RAW_BYTES_PER_SHUFFLE_PARTITION = 64 * MEBIBYTE
MAX_SHUFFLE_PARTITIONS = 2000


def raw_bytes(stored_bytes: int, paths: Sequence[str]) -> int:
    """Estimate the bytes of all lines of the objects ``paths``, which take ``stored_bytes``."""
    if not paths:
        return 0
    compressed = sum(1 for path in paths if path.endswith(".gz")) / len(paths)
    return ceil(stored_bytes * (1 + (GZIP_FACTOR - 1) * compressed))


def event_files(raw: int) -> int:
    """Files to write events to."""
    return max(1, ceil(raw / RAW_BYTES_PER_FILE))


def shuffle_partitions(raw: int, cores: int) -> int:
    """Partitions of a shuffle, before adaptive execution."""
    wanted = ceil(raw / RAW_BYTES_PER_SHUFFLE_PARTITION)
    return min(max(wanted, cores), MAX_SHUFFLE_PARTITIONS)


def parse_tasks(raw: int) -> int:
    """Tasks that share the parsing, where the objects don't make more."""
    return ceil(raw / RAW_BYTES_PER_FILE)
