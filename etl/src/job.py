"""Script of the Glue job; everything it does is in the package ``loglake_etl``, shipped beside it as a zip."""

import sys

from loglake_etl.job import main

# A failure leaves as an exception, not as sys.exit: Glue takes the job run's error message from it.
if __name__ == "__main__":
    main(sys.argv[1:])
