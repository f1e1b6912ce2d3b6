"""The one error of this package."""

from __future__ import annotations


class LoadError(Exception):
    """A load that can't go on, in words that say what to do; the run's data is as it was before."""
