"""User agents: which program, on which system, and whether a person is behind it.

Plain searches for fixed strings in a fixed order: a hundred of them take less time than one regular
expression with as many branches.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from pyspark.sql import Column
from pyspark.sql import functions as F

# what begins each program's own product, and its name; browsers also carry the products of those that they
# are made from, so the most particular comes first
BROWSERS = (
    ("HeadlessChrome/", "Headless Chrome"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPiOS/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("UCBrowser/", "UC Browser"),
    ("MiuiBrowser/", "MIUI Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Silk/", "Silk"),
    ("Electron/", "Electron"),
    ("SeaMonkey/", "SeaMonkey"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("GSA/", "Google App"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Opera Mini/", "Opera Mini"),
    ("Opera/", "Opera"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/7.0; rv:", "Internet Explorer"),
    ("Trident/7.0; Touch; rv:", "Internet Explorer"),
    ("Konqueror/", "Konqueror"),
    ("Version/", "Safari"),
    ("Safari/", "Safari"),
)

OPERATING_SYSTEMS = (
    ("Windows Phone", "Windows Phone"),
    ("Windows", "Windows"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("iPod", "iOS"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Tizen", "Tizen"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
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
SYNTHETIC_PRODUCT = r"(?i)[\w.-]*(?:bot|spider|crawl|slurp|monitor|preview|scan|fetch)[\w.-]*(?:/v?[0-9][0-9.]*)?"
# the first product of anything else: curl/8.5.0
FIRST_PRODUCT = r"^[^/ (;,]+(?:/v?[0-9][0-9.]*)?"

# characters that are looked at: longer ones are made up, and would take their time
LOOKED_AT = 512


def is_synthetic(agent: Column) -> Column:
    """Whether ``agent`` is a crawler, a monitor, a script: anything without a person in front of it. Null for null."""
    text = F.lower(agent)
    browser = any_of(text.startswith(beginning) for beginning in BROWSER_BEGINNINGS)
    compatible = text.contains("(compatible;") & ~contains_any(text, COMPATIBLE_BROWSERS)
    # the words first: a program that calls itself a bot is one, whatever else it says
    return contains_any(text, SYNTHETIC_WORDS) | F.when(browser, compatible).otherwise(
        ~contains_any(text, PERSONAL_WORDS)
    )


def product(agent: Column, synthetic: Column) -> Column:
    """Name and version of the program as ``Firefox/128.0``, null where none is known."""
    text = agent.substr(1, LOOKED_AT)
    browser = text.startswith("Mozilla/") | text.startswith("Opera/")
    own = F.regexp_extract(text, SYNTHETIC_PRODUCT, 0)
    known = F.coalesce(
        *(F.when(text.contains(token), F.concat(F.lit(f"{name}/"), after(text, token))) for token, name in BROWSERS)
    )
    return (
        F.when(~browser, F.regexp_extract(text, FIRST_PRODUCT, 0)).when(synthetic & (own != ""), own).otherwise(known)
    )


def name_of(program: Column) -> Column:
    """Name in what ``product`` returns."""
    name = F.substring_index(program, "/", 1)
    return F.when(name != "", name)


def version_of(program: Column) -> Column:
    """Version in what ``product`` returns: digits and dots, null where there is none."""
    version = F.regexp_extract(program, r"^[^/]*/v?([0-9]+(?:\.[0-9]+)*)", 1)
    return F.when(version != "", version)


def os_name(agent: Column) -> Column:
    """Name of the operating system, null where none is known."""
    text = agent.substr(1, LOOKED_AT)
    return F.coalesce(*(F.when(text.contains(token), name) for token, name in OPERATING_SYSTEMS))


def after(text: Column, token: str) -> Column:
    """A few characters that follow ``token``: enough for a version."""
    return F.substring_index(text, token, -1).substr(1, 20)


def contains_any(text: Column, words: Iterable[str]) -> Column:
    """Whether one of ``words`` stands in ``text``."""
    return any_of(text.contains(word) for word in words)


def any_of(conditions: Iterable[Column]) -> Column:
    """Whether one of ``conditions`` holds."""
    return reduce(or_, conditions)
