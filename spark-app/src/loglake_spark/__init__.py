"""Turns a day of raw logs into typed events and analyses, as a plan says."""

from __future__ import annotations
