"""What a run says of itself while it goes on."""

from __future__ import annotations

import sys

import pytest

from loglake_spark.progress import stage


class Writes(list[str]):
    """Takes the place of standard output, and keeps what is written at once."""

    def write(self, text: str) -> None:
        self.append(text)

    def flush(self) -> None:
        """There is nothing held back."""


def test_each_line_is_one_write_so_that_stages_side_by_side_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    writes = Writes()
    monkeypatch.setattr(sys, "stdout", writes)
    with stage("write events") as tell:
        tell("3 rows")
    assert writes[0] == "loglake-spark: write events ...\n"
    assert writes[1].startswith("loglake-spark: write events: ")
    assert writes[1].endswith(" s (3 rows)\n")
    assert len(writes) == 2
