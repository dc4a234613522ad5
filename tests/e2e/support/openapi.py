"""Checks replies against the published API descriptions, which stand beside the repository."""

import json
import re
from functools import cache
from typing import Any

from support.shared import shared_file

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}

FORMATS = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    "date-time-rfc-2822": re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000"),
    "uri": re.compile(r"https?://\S+"),
}


@cache
def schemas(document: str) -> dict[str, Any]:
    """Returns the schemas of one API description, or leaves the test out where it is absent."""
    file = shared_file(f"spec/openapi/twilio_{document}.json")
    found: dict[str, Any] = json.loads(file.read_text())["components"]["schemas"]
    return found


def problems(document: str, schema: str, reply: dict[str, Any]) -> list[str]:
    """Returns what the description of `schema` names and `reply` lacks or has in another form."""
    properties = schemas(document)[schema]["properties"]
    missing = [f"{name}: missing" for name in properties if name not in reply]
    present = {name: rule for name, rule in properties.items() if reply.get(name) is not None}
    wrong = [
        f"{name}: {reason}"
        for name, rule in present.items()
        if (reason := _misfit(schemas(document), rule, reply[name]))
    ]
    return missing + wrong


def _misfit(known: dict[str, Any], rule: dict[str, Any], value: Any) -> str:
    """Returns why `value` does not fit `rule`, or nothing."""
    if "$ref" in rule:
        rule = known[rule["$ref"].rsplit("/", 1)[-1]]
    kinds = TYPES.get(rule.get("type", ""), (object,))
    if not isinstance(value, kinds) or (
        isinstance(value, bool) and bool not in kinds and object not in kinds
    ):
        return f"{value!r} is no {rule['type']}"
    if "enum" in rule and value not in rule["enum"]:
        return f"{value!r} is none of {rule['enum']}"
    if "pattern" in rule and not re.fullmatch(rule["pattern"], str(value)):
        return f"{value!r} does not match {rule['pattern']}"
    expected = FORMATS.get(rule.get("format", ""))
    if expected is not None and value != "" and not expected.fullmatch(str(value)):
        return f"{value!r} is no {rule['format']}"
    return ""
