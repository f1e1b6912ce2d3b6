"""moto behind one port, for as long as the process that started it lives.

Prints the port once it listens. Ends when its standard input does: a parent that is killed leaves nothing behind.
"""

from __future__ import annotations

import os
import sys
import threading

from moto.backends import get_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

#: Loaded while the caller is still at work, so that the first request to each does not wait for its modules.
SERVICES_USED = ("sts", "iam", "s3", "kms", "glue", "events", "logs", "cloudwatch", "awslambda", "stepfunctions")


class QuietRequestHandler(MotoRequestHandler):
    """Logs no line a request; errors still reach standard error."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leaves the line out."""


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def _load_services() -> None:
    for service in SERVICES_USED:
        get_backend(service)


def main() -> None:
    """Serves until standard input ends."""
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietRequestHandler)
    print(server.port, flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threading.Thread(target=_load_services, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
