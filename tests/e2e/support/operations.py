"""The published operations of an API: which of them a test has called, with which parameters, and what came back."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from patchboard_client import PatchboardClient
from twilio.http.response import Response

from support.openapi import problems
from support.shared import shared_file

METHODS = ("get", "post", "delete")


@dataclass
class Operation:
    """One operation of the description, and what was seen of it."""

    name: str
    method: str
    path: re.Pattern[str]
    parameters: set[str]
    schema: str | None
    list_key: str | None
    sent: set[str] = field(default_factory=set)
    replies: list[Any] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def misfits(self, document: str) -> list[str]:
        """Returns what of the replies is not as described."""
        if self.schema is None:
            return []
        rows = [row for reply in self.replies for row in (reply[self.list_key] if self.list_key else [reply])]
        return [f"{self.name}: {problem}" for row in rows for problem in problems(document, self.schema, row)]


class Recorder:
    """Watches the official library's requests and tells which operations they were."""

    def __init__(self, client: PatchboardClient, document: str) -> None:
        self.operations = [_operation(*row) for row in _described(document)]
        self._send = client.http_client.request
        client.http_client.request = self._request  # type: ignore[method-assign]

    def _request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        response: Response = self._send(method, url, *arguments, **options)
        path, _, query = url.partition("?")
        operation = self._of(method, re.sub(r"^https?://[^/]+(/taskrouter)?", "", path))
        operation.sent |= _names(options, arguments, query)
        if response.status_code >= 400:
            operation.refusals.append(f"{response.status_code} {response.text}")
        elif response.text:
            operation.replies.append(json.loads(response.text))
        else:
            operation.replies.append({})
        return response

    def _of(self, method: str, path: str) -> Operation:
        found = [it for it in self.operations if it.method == method.lower() and it.path.fullmatch(path)]
        assert found, f"{method} {path} is not described"
        # `TaskQueues/Statistics` is no task queue: the description with fewer places is meant.
        return min(found, key=lambda it: it.path.pattern.count("[^/]+"))


def _names(options: dict[str, Any], arguments: tuple[Any, ...], query: str) -> set[str]:
    """Returns the names of all parameters of a request, in its query, body and headers."""
    params, data, headers = [
        options.get(name) or (arguments[place] if len(arguments) > place else None) or {}
        for place, name in enumerate(("params", "data", "headers"))
    ]
    named = set(params) | set(headers) | {pair.partition("=")[0] for pair in query.split("&") if pair}
    return named | (set(data) if isinstance(data, dict) else set())


@cache
def _described(document: str) -> list[tuple[str, str, str]]:
    """Returns method, path and description of every operation."""
    file = shared_file(f"spec/openapi/twilio_{document}.json")
    paths: dict[str, dict[str, Any]] = json.loads(file.read_text())["paths"]
    return [
        (method, path, json.dumps(operation))
        for path, item in paths.items()
        for method, operation in item.items()
        if method in METHODS
    ]


def _operation(method: str, path: str, description: str) -> Operation:
    described = json.loads(description)
    body = described.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    named = {row["name"] for row in described.get("parameters", []) if row["in"] != "path"}
    schema, list_key = _reply(described)
    return Operation(
        name=described["operationId"],
        method=method,
        path=re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)),
        parameters=named | set(body.get("schema", {}).get("properties", {})),
        schema=schema,
        list_key=list_key,
    )


def _reply(described: dict[str, Any]) -> tuple[str | None, str | None]:
    """Returns the schema of the resource that an operation answers with, and the key of its list."""
    for reply in described["responses"].values():
        schema = reply.get("content", {}).get("application/json", {}).get("schema", {})
        if "$ref" in schema:
            return schema["$ref"].rsplit("/", 1)[-1], None
        for key, rule in schema.get("properties", {}).items():
            if rule.get("type") == "array":
                return rule["items"]["$ref"].rsplit("/", 1)[-1], key
    return None, None
