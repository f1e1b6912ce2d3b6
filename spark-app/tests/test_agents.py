from __future__ import annotations

import json

import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from loglake_spark import agents
from support import shared_data

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"

# agent -> name, version, operating system; with a person in front of it
BROWSERS = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/132.0.0.0 Safari/537.36": (
        "Chrome",
        "132.0.0.0",
        "Windows",
    ),
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/132.0.0.0 Safari/537.36 Edg/132.0.2957.115": (
        "Edge",
        "132.0.2957.115",
        "Windows",
    ),
    f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0": (
        "Opera",
        "115.0.0.0",
        "Windows",
    ),
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) {SAFARI} Version/17.5 Safari/605.1.15": ("Safari", "17.5", "macOS"),
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {SAFARI} Version/17.5 Mobile/15E148 Safari/604.1": (
        "Safari",
        "17.5",
        "iOS",
    ),
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {SAFARI} CriOS/132.0.6834.78 Mobile/15E148 Safari/604.1": (
        "Chrome",
        "132.0.6834.78",
        "iOS",
    ),
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36": (
        "Chrome",
        "131.0.0.0",
        "Android",
    ),
    f"Mozilla/5.0 (Linux; Android 14; SM-S928B) {WEBKIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": (
        "Samsung Internet",
        "27.0",
        "Android",
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": ("Firefox", "128.0", "Linux"),
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko": ("Internet Explorer", "11.0", "Windows"),
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1)": ("Internet Explorer", "8.0", "Windows"),
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/131.0.0.0 Safari/537.36": (
        "Chrome",
        "131.0.0.0",
        "ChromeOS",
    ),
    "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 6 Build/TQ3A)": ("Dalvik", "2.1.0", "Android"),
    "AppleCoreMedia/1.0.0.21F79 (iPad; U; CPU OS 17_5 like Mac OS X)": ("AppleCoreMedia", "1.0.0.21", "iPadOS"),
}

# agent -> name, version; without
SYNTHETIC = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": ("Googlebot", "2.1"),
    f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) {WEBKIT} Chrome/120.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; "
    "+http://www.google.com/bot.html)": ("Googlebot", "2.1"),
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)": ("YandexBot", "3.0"),
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/120.0.0.0 Safari/537.36": (
        "Headless Chrome",
        "120.0.0.0",
    ),
    "curl/8.5.0": ("curl", "8.5.0"),
    "python-requests/2.32.3": ("python-requests", "2.32.3"),
    "Go-http-client/2.0": ("Go-http-client", "2.0"),
    "Wget": ("Wget", None),
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": ("facebookexternalhit", "1.1"),
    "Mozilla/5.0 (compatible; Unknown)": (None, None),
}


def described(spark: SparkSession, names: list[str | None]) -> dict[str | None, Row]:
    frame = spark.createDataFrame([(name,) for name in names], "user_agent_original string")
    return {row.user_agent_original: row for row in agents.described(frame).collect()}


@pytest.fixture(scope="module")
def rows(spark: SparkSession) -> dict[str | None, Row]:
    return described(spark, [*BROWSERS, *SYNTHETIC, None])


@pytest.mark.parametrize("agent", BROWSERS)
def test_a_browser_is_told(agent: str, rows: dict[str | None, Row]) -> None:
    row = rows[agent]

    assert (row.user_agent_name, row.user_agent_version, row.user_agent_os_name) == BROWSERS[agent]
    assert row.user_agent_synthetic_type is None


@pytest.mark.parametrize("agent", SYNTHETIC)
def test_a_crawler_or_a_script_is_told(agent: str, rows: dict[str | None, Row]) -> None:
    row = rows[agent]

    assert (row.user_agent_name, row.user_agent_version) == SYNTHETIC[agent]
    assert row.user_agent_synthetic_type == "bot"


def test_no_agent_tells_nothing(rows: dict[str | None, Row]) -> None:
    assert list(rows[None]) == [None] * 5


@pytest.mark.parametrize("most_joined", [1, 100], ids=["many agents", "few agents"])
def test_each_request_gets_its_agent_when_there_are(
    most_joined: int, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "MOST_JOINED", most_joined)
    requests: DataFrame = spark.createDataFrame(
        [(1, "curl/8.5.0"), (2, "Wget/1.1"), (3, "curl/8.5.0"), (4, None)], "id int, user_agent_original string"
    )

    rows = agents.with_agents(requests).orderBy("id").collect()

    assert [(row.id, row.user_agent_name) for row in rows] == [(1, "curl"), (2, "Wget"), (3, "curl"), (4, None)]


def test_known_crawlers_are_nearly_all_told(spark: SparkSession) -> None:
    known = json.loads(shared_data("agents/crawler-user-agents.json").read_text())
    examples = sorted({agent for entry in known for agent in entry["instances"]})

    rows = described(spark, list(examples))
    missed = [agent for agent in examples if rows[agent].user_agent_synthetic_type != "bot"]

    print(f"{len(examples) - len(missed)} of {len(examples)} crawlers are told", *missed, sep="\n")
    assert len(missed) / len(examples) < 0.03
