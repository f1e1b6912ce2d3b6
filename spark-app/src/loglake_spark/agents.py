"""User agents: which program, on which system, and whether a person is behind it.

Plain searches for fixed strings in a fixed order: a hundred of them take less time than one regular
expression with as many branches.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# in lower case, what begins each program's own product, and its name; browsers also carry the products of
# those that they are made from, so the most particular comes first
BROWSERS = (
    ("headlesschrome/", "Headless Chrome"),
    ("edg/", "Edge"),
    ("edga/", "Edge"),
    ("edgios/", "Edge"),
    ("edge/", "Edge"),
    ("opr/", "Opera"),
    ("opt/", "Opera"),
    ("opios/", "Opera"),
    ("samsungbrowser/", "Samsung Internet"),
    ("yabrowser/", "Yandex Browser"),
    ("vivaldi/", "Vivaldi"),
    ("duckduckgo/", "DuckDuckGo"),
    ("ucbrowser/", "UC Browser"),
    ("miuibrowser/", "MIUI Browser"),
    ("huaweibrowser/", "Huawei Browser"),
    ("silk/", "Silk"),
    ("electron/", "Electron"),
    ("seamonkey/", "SeaMonkey"),
    ("fxios/", "Firefox"),
    ("firefox/", "Firefox"),
    ("crios/", "Chrome"),
    ("gsa/", "Google App"),
    ("chromium/", "Chromium"),
    ("chrome/", "Chrome"),
    ("opera mini/", "Opera Mini"),
    ("opera/", "Opera"),
    ("msie ", "Internet Explorer"),
    ("trident/7.0; rv:", "Internet Explorer"),
    ("trident/7.0; touch; rv:", "Internet Explorer"),
    ("konqueror/", "Konqueror"),
    ("version/", "Safari"),
    ("safari/", "Safari"),
)

# in lower case, and what is found in them first
OPERATING_SYSTEMS = (
    ("windows phone", "Windows Phone"),
    ("windows", "Windows"),
    ("iphone", "iOS"),
    ("ipad", "iPadOS"),
    ("ipod", "iOS"),
    ("android", "Android"),
    ("mac os x", "macOS"),
    ("macintosh", "macOS"),
    ("cros", "ChromeOS"),
    ("tizen", "Tizen"),
    ("freebsd", "FreeBSD"),
    ("openbsd", "OpenBSD"),
    ("linux", "Linux"),
    ("x11", "Unix"),
)

# in lower case; found in what crawlers, monitors, scanners, link previews and test drivers call themselves,
# and not in browsers
SYNTHETIC_WORDS = (
    "bot",
    "spider",
    "crawl",
    "slurp",
    "http",
    "www.",
    "@",
    "agent",
    "archiv",
    "audit",
    "check",
    "fetch",
    "headless",
    "google-",
    "inspect",
    "lighthouse",
    "monitor",
    "nikto",
    "optimizer",
    "playwright",
    "preview",
    "ptst/",
    "puppeteer",
    "scan",
    "scrap",
    "selenium",
    "synthetic",
    "validat",
    "watch",
)

# how every browser of today begins; anything else is a script or a service, but for the programs below
BROWSER_BEGINNINGS = ("mozilla/", "opera/")

# in lower case; programs in front of people that don't say they are Mozilla
PERSONAL_WORDS = (
    "applecoremedia",
    "blackberry",
    "cfnetwork",
    "dalvik",
    "dillo",
    "elinks",
    "exoplayer",
    "itunes",
    "links (",
    "lynx",
    "microsoft office",
    "netfront",
    "nokia",
    "outlook",
    "samsung-",
    "sonyericsson",
    "stagefright",
    "thunderbird",
    "ucweb",
    "vlc/",
    "w3m/",
)

# "(compatible; Name" stands for no browser but these
COMPATIBLE_BROWSERS = ("msie", "konqueror")

# an own product in what begins like a browser's: Googlebot/2.1
SYNTHETIC_NAME = "bot|spider|crawl|slurp|monitor|preview|scan|fetch"
SYNTHETIC_PRODUCT = rf"(?i)[\w.-]*(?:{SYNTHETIC_NAME})[\w.-]*(?:/v?[0-9][0-9.]*)?"
# the first product of anything else: curl/8.5.0
FIRST_PRODUCT = r"^[^/ (;,]+(?:/v?[0-9][0-9.]*)?"

# characters that are looked at: longer ones are made up, and would take their time
LOOKED_AT = 512

# different agents that are joined: 30 MB or so, which every executor holds
MOST_JOINED = 100_000


def with_agents(requests: DataFrame) -> DataFrame:
    """Add to ``requests`` what their ``user_agent_original`` tells.

    Adds ``user_agent_name``, ``user_agent_version``, ``user_agent_os_name`` and
    ``user_agent_synthetic_type``, which is ``bot`` or null. A million requests come from some hundred
    different agents, so that each is looked at once and joined to its requests, unless somebody makes up a
    new one for every request. ``requests`` is read once here, so it should be kept.
    """
    agents = described(requests.select("user_agent_original").where("user_agent_original is not null").distinct())
    agents.persist()
    if agents.count() > MOST_JOINED:
        agents.unpersist()
        return described(requests)
    return requests.join(F.broadcast(agents), "user_agent_original", "left")


def described(agents: DataFrame) -> DataFrame:
    """The columns of ``with_agents``, worked out for each row.

    Each step has a projection of its own: what is written into one expression is worked out again wherever it
    stands.
    """
    return (
        agents.withColumn("agent_text", F.col("user_agent_original").substr(1, LOOKED_AT))
        .withColumn("agent_lower", F.lower("agent_text"))
        .withColumn("is_synthetic", is_synthetic(F.col("agent_lower")))
        .withColumn("product", product(F.col("agent_text"), F.col("agent_lower"), F.col("is_synthetic")))
        .select(
            *agents.columns,
            name_of(F.col("product")).alias("user_agent_name"),
            version_of(F.col("product")).alias("user_agent_version"),
            os_name(F.col("agent_lower")).alias("user_agent_os_name"),
            F.when(F.col("is_synthetic"), "bot").alias("user_agent_synthetic_type"),
        )
    )


def is_synthetic(lower: Column) -> Column:
    """Whether an agent is a crawler, a monitor, a script: anything without a person in front of it. Null for null."""
    browser = any_of(lower.startswith(beginning) for beginning in BROWSER_BEGINNINGS)
    compatible = lower.contains("(compatible;") & ~contains_any(lower, COMPATIBLE_BROWSERS)
    # the words first: a program that calls itself a bot is one, whatever else it says
    return contains_any(lower, SYNTHETIC_WORDS) | F.when(browser, compatible).otherwise(
        ~contains_any(lower, PERSONAL_WORDS)
    )


def product(text: Column, lower: Column, synthetic: Column) -> Column:
    """Name and version of the program as ``Firefox/128.0``, null where none is known."""
    browser = any_of(lower.startswith(beginning) for beginning in BROWSER_BEGINNINGS)
    known = F.coalesce(
        *(F.when(lower.contains(token), F.concat(F.lit(f"{name}/"), after(lower, token))) for token, name in BROWSERS)
    )
    return (
        F.when(~browser, F.regexp_extract(text, FIRST_PRODUCT, 0))
        .when(synthetic & lower.rlike(SYNTHETIC_NAME), F.regexp_extract(text, SYNTHETIC_PRODUCT, 0))
        .otherwise(known)
    )


def name_of(program: Column) -> Column:
    """Name in what ``product`` returns."""
    name = F.substring_index(program, "/", 1)
    return F.when(name != "", name)


def version_of(program: Column) -> Column:
    """Version in what ``product`` returns: digits and dots, null where there is none."""
    version = F.regexp_extract(program, r"^[^/]*/v?([0-9]+(?:\.[0-9]+)*)", 1)
    return F.when(version != "", version)


def os_name(lower: Column) -> Column:
    """Name of the operating system, null where none is known."""
    return F.coalesce(*(F.when(lower.contains(token), name) for token, name in OPERATING_SYSTEMS))


def after(text: Column, token: str) -> Column:
    """A few characters that follow ``token``: enough for a version."""
    return F.substring_index(text, token, -1).substr(1, 20)


def contains_any(text: Column, words: Iterable[str]) -> Column:
    """Whether one of ``words`` stands in ``text``."""
    return any_of(text.contains(word) for word in words)


def any_of(conditions: Iterable[Column]) -> Column:
    """Whether one of ``conditions`` holds."""
    return reduce(or_, conditions)
