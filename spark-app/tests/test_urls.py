from __future__ import annotations

import pytest
from pyspark.sql import Column, SparkSession

from loglake_spark import urls
from support import values_of

# target as sent -> path, query
TARGETS = {
    "/": ("/", None),
    "/a/b.html": ("/a/b.html", None),
    "/a?b=c&d=e": ("/a", "b=c&d=e"),
    "/a?b=c?d": ("/a", "b=c?d"),
    "/a?": ("/a", None),
    "?b=c": ("/", "b=c"),
    "*": ("*", None),
    "http://example.com/a?b=c": ("/a", "b=c"),
    "https://user@example.com:8443/a": ("/a", None),
    "http://example.com": ("/", None),
    "http://example.com?b=c": ("/", "b=c"),
    "/login?next=http://example.com/": ("/login", "next=http://example.com/"),
    "/http://example.com/": ("/http:/example.com/", None),
    "/a#b": ("/a", None),
    "/a?b=c#d": ("/a", "b=c"),
    "//a///b//": ("/a/b/", None),
    "/A/b": ("/A/b", None),
    "/a/": ("/a/", None),
    "/%7Euser/%41%2d%5f%2E": ("/~user/A-_.", None),
    "/%7euser": ("/~user", None),
    "/a%2Fb%20c%C3%A9": ("/a%2Fb%20c%C3%A9", None),
    "/a+b%41": ("/a+bA", None),
    "/100%": ("/100%", None),
    "/%zz%4": ("/%zz%4", None),
    "/%2541": ("/%2541", None),
    "/a/../b/./c": ("/a/../b/./c", None),
    "/%2e%2e/etc/passwd": ("/../etc/passwd", None),
    "/käse%41": ("/käseA", None),
    "/?q=%41": ("/", "q=%41"),
    "": ("/", None),
}


AUTHORITIES = {
    "http://example.com/a": "example.com",
    "https://user@example.com:8443": "example.com:8443",
    "http://[2001:db8::1]:80?b=c": "[2001:db8::1]:80",
    "http:///a": None,
    "/a": None,
    "/login?next=http://example.com/": None,
    "*": None,
}


def test_a_whole_url_has_an_authority(spark: SparkSession) -> None:
    assert values_of(spark, list(AUTHORITIES), urls.authority) == list(AUTHORITIES.values())


@pytest.fixture(scope="module")
def results(spark: SparkSession) -> dict[str, tuple[str, str | None]]:
    def path(target: Column) -> Column:
        return urls.normalised_path(urls.raw_path(urls.origin_form(target)))

    def query(target: Column) -> Column:
        return urls.query(urls.origin_form(target))

    targets = list(TARGETS)
    pairs = zip(values_of(spark, targets, path), values_of(spark, targets, query), strict=True)
    return dict(zip(targets, pairs, strict=True))


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_has_a_path_in_one_spelling_and_a_query_as_sent(
    target: str, results: dict[str, tuple[str, str | None]]
) -> None:
    assert results[target] == TARGETS[target]
