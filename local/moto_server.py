"""moto behind one port, for as long as the process that started it lives.

Prints the port once it listens. Ends when its standard input does: a parent that is killed leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import sys
import threading

from moto.backends import get_backend
from moto.iam.access_control import PermissionResult
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import FakeBucket
from werkzeug.serving import make_server

#: Loaded while the caller is still at work, so that the first request to each does not wait for its modules.
SERVICES_USED = (
    "sts",
    "iam",
    "s3",
    "kms",
    "glue",
    "events",
    "logs",
    "cloudwatch",
    "awslambda",
    "stepfunctions",
)


class QuietRequestHandler(MotoRequestHandler):
    """Logs no line a request; errors still reach standard error."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leaves the line out."""


def no_opinion(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """What moto is to think of a bucket policy: nothing, since it reads every Deny without its conditions."""
    return PermissionResult.NEUTRAL


def may_log(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    """Whether the target's policy lets S3 deliver access logs below the prefix.

    moto 5.2.5 reads principals and resources of one form only, and fails on a statement whose principal is ``*``.
    """
    targets = {
        f"arn:aws:s3:::{target_bucket.name}/{prefix}*" for prefix in ("", target_prefix or "")
    }
    for statement in json.loads(target_bucket.policy or b"{}").get("Statement", []):
        principal = statement.get("Principal", {})
        services = _as_list(principal.get("Service")) if isinstance(principal, dict) else []
        if (
            statement["Effect"] == "Allow"
            and "logging.s3.amazonaws.com" in services
            and "s3:PutObject" in _as_list(statement.get("Action"))
            and targets.intersection(_as_list(statement.get("Resource")))
        ):
            return True
    return False


def _as_list(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def _load_services() -> None:
    for service in SERVICES_USED:
        get_backend(service)  # type: ignore[call-overload]


def main() -> None:
    """Serves until standard input ends."""
    FakeBucket.get_permission = no_opinion  # type: ignore[assignment, method-assign]
    FakeBucket._log_permissions_enabled_policy = staticmethod(may_log)  # type: ignore[method-assign]
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietRequestHandler)
    print(server.port, flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threading.Thread(target=_load_services, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
