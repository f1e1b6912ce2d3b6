"""Targets of requests: the path, in one spelling, and the query."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

# a percent sign that doesn't begin one of RFC 3986's unreserved characters: letters, digits and - . _ ~
RESERVED_PERCENT = "%(?!2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])"

SCHEME_AND_AUTHORITY = "^[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)"


def origin_form(target: Column) -> Column:
    """``target`` from its path on: without scheme, host and fragment. Null for a CONNECT's, which has no path."""
    local = F.when(is_absolute(target), F.regexp_replace(target, SCHEME_AND_AUTHORITY, "")).otherwise(target)
    return F.substring_index(local, "#", 1)


def authority(target: Column) -> Column:
    """Host of a whole URL, with its port but without a user. Null for a target that begins with its path."""
    named = F.regexp_extract(target, SCHEME_AND_AUTHORITY, 1)
    host = F.when(is_absolute(target), F.substring_index(named, "@", -1))
    return F.when(host != "", host)


def is_absolute(target: Column) -> Column:
    """Whether ``target`` is a whole URL, as proxies are asked for."""
    return target.contains("://") & ~target.startswith("/")


def raw_path(target: Column) -> Column:
    """What stands before the query; ``/`` where nothing does."""
    path = F.substring_index(target, "?", 1)
    return F.when(path == "", "/").otherwise(path)


def query(target: Column) -> Column:
    """What follows the first question mark, null where nothing does."""
    after = target.substr(F.length(F.substring_index(target, "?", 1)) + 2, F.length(target))
    return F.when(target.contains("?") & (after != ""), after)


def normalised_path(path: Column) -> Column:
    """``path`` in the one spelling that requests are counted by.

    Escaped unreserved characters are written plainly (RFC 3986, 6.2.2.2) and slashes in a row become one.
    Everything else stays: case, since servers tell it apart; a slash at the end; and dot segments, since
    without them an attempt to climb out of the document root would look like an ordinary request.
    """
    # the decoder takes all escapes: those to be kept are escaped once more before, and so is a plus, which it
    # takes for a space
    protected = F.regexp_replace(F.regexp_replace(path, RESERVED_PERCENT, "%25"), r"\+", "%2B")
    plain = F.when(path.contains("%"), F.url_decode(protected)).otherwise(path)
    return F.when(plain.contains("//"), F.regexp_replace(plain, "/{2,}", "/")).otherwise(plain)
