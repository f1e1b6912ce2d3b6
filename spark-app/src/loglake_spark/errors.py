"""What stops a run, said so that a person can act on it."""

from __future__ import annotations


class LoglakeError(Exception):
    """A run can't go on; the message says what is wrong and where."""
