"""Entry point for spark-submit; the code is in the package beside it."""

from __future__ import annotations

import sys

from loglake_spark.job import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
