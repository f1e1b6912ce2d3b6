"""Checks recorded API calls against the models that AWS publishes, as botocore carries them.

Reads a JSON list of ``{"service", "operation", "input"}`` from standard input, where bytes are ``{"$bytes": length}``,
and prints a JSON list of what AWS would refuse: unknown or missing members, wrong types, values outside an enumeration,
a pattern or a range.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader  # type: ignore[import-untyped]
from botocore.model import (  # type: ignore[import-untyped]
    ListShape,
    MapShape,
    ServiceModel,
    Shape,
    StructureShape,
)

#: Services whose package in the JavaScript SDK is named otherwise than in botocore.
SERVICE_NAMES = {
    "cloudwatch-logs": "logs",
    "eventbridge": "events",
    "secrets-manager": "secretsmanager",
    "sfn": "stepfunctions",
}

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (str, int, float),
    "blob": (str, dict),
}


def problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Everything that is wrong with ``value`` at ``path``."""
    if isinstance(shape, StructureShape):
        yield from structure_problems(value, shape, path)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{path}: a list is expected, got {value!r}"
            return
        yield from range_problems(len(value), shape, f"{path}: number of items")
        for index, item in enumerate(value):
            yield from problems(item, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            yield f"{path}: a map is expected, got {value!r}"
            return
        for key, item in value.items():
            yield from problems(key, shape.key, f"{path} key {key}")
            yield from problems(item, shape.value, f"{path}.{key}")
    else:
        yield from scalar_problems(value, shape, path)


def structure_problems(value: Any, shape: StructureShape, path: str) -> Iterator[str]:
    """Unknown and missing members, and what is wrong with the others."""
    if getattr(shape, "is_document_type", False):
        return
    if not isinstance(value, dict):
        yield f"{path}: a structure is expected, got {value!r}"
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{path}: {name} is required"
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            yield f"{path}: {name} is unknown"
        else:
            yield from problems(item, member, f"{path}.{name}")


def scalar_problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Type, enumeration, pattern and range."""
    expected = TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        yield f"{path}: {shape.type_name} is expected, got {value!r}"
        return
    if not isinstance(value, str):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from range_problems(value, shape, path)
        return
    if shape.type_name == "blob":
        return
    allowed = shape.metadata.get("enum", [])
    if allowed and value not in allowed:
        yield f"{path}: {value!r} is not one of {', '.join(allowed)}"
    yield from range_problems(len(value), shape, f"{path}: length")
    pattern = shape.metadata.get("pattern")
    if pattern is not None and not matches(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"


def range_problems(number: float, shape: Shape, path: str) -> Iterator[str]:
    """A number outside the shape's minimum and maximum."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        yield f"{path} is {number}, at least {least} is expected"
    if most is not None and number > most:
        yield f"{path} is {number}, at most {most} is expected"


def matches(pattern: str, value: str) -> bool:
    """Whether a pattern, which is of Java's dialect, matches the whole of ``value``."""
    python = re.sub(r"\\p\{[A-Za-z=]+\}", r"\\w", pattern)
    python = re.sub(
        r"\\[uU]([0-9A-Fa-f]{4})",
        lambda found: re.escape(chr(int(found[1], 16))),
        python,
    )
    try:
        return re.fullmatch(python, value, re.DOTALL) is not None
    except re.error:
        return True  # not every pattern of Java's is one of Python's


def main() -> None:
    """Checks what is on standard input."""
    loader = Loader()
    models: dict[str, ServiceModel] = {}
    found: list[str] = []
    for call in json.load(sys.stdin):
        service = SERVICE_NAMES.get(call["service"], call["service"])
        if service not in models:
            models[service] = ServiceModel(loader.load_service_model(service, "service-2"), service)
        shape = models[service].operation_model(call["operation"]).input_shape
        if shape is not None:
            found += problems(call["input"], shape, f"{service} {call['operation']}")
    json.dump(sorted(set(found)), sys.stdout)


if __name__ == "__main__":
    main()
