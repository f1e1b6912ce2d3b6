"""What a run says of itself while it goes on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stage(name: str) -> Iterator[Callable[[str], None]]:
    """Say when ``name`` begins and ends; what it is given is said at the end."""
    say(f"{name} ...")
    begun = time.monotonic()
    results: list[str] = []
    yield results.append
    say(" ".join([f"{name}: {time.monotonic() - begun:.1f} s", *(f"({result})" for result in results)]))


def say(line: str) -> None:
    """A line for whoever follows the run."""
    # one write, for tables are written side by side: print() would write the end of the line apart
    sys.stdout.write(f"loglake-spark: {line}\n")
    sys.stdout.flush()
