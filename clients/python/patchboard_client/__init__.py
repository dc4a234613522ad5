"""Points the official `twilio` library at a Patchboard server.

The library builds URLs such as `https://studio.twilio.com/v2/Flows`; here each published host is
replaced by the path prefix under which Patchboard serves it. Nothing else of the library changes.
"""

from typing import Any, Optional
from urllib.parse import urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

PUBLISHED_DOMAIN = ".twilio.com"


def local_url(base_url: str, url: str) -> str:
    """Returns where the server at `base_url` serves the published `url`.

    A URL of any other host, for example a `next_page_url` that the server itself wrote, stays as it is.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host.endswith(PUBLISHED_DOMAIN):
        return url
    # `studio.twilio.com`, or `studio.sydney.au1.twilio.com` where an edge and a region were chosen.
    label = host.split(".")[0]
    prefix = "" if label == "api" else f"/{label}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{base_url.rstrip('/')}{prefix}{parts.path}{query}"


class PatchboardHttpClient(TwilioHttpClient):
    """The library's own HTTP client, with every published host mapped to one Patchboard server."""

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self.base_url = base_url

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """Sends the request to the server that `base_url` names."""
        return super().request(method, local_url(self.base_url, url), *args, **options)


class PatchboardClient(Client):
    """The library's `Client`, without regions and edges: there is one server, and it has one address."""

    def get_hostname(self, uri: str) -> str:
        """Returns the URL unchanged; the library would write an edge and a region into its host."""
        return uri


def connect(
    base_url: str,
    username: str,
    password: str,
    account_sid: Optional[str] = None,
    timeout: float = 30.0,
) -> PatchboardClient:
    """Returns the official client, talking to the Patchboard server at `base_url`.

    `username` and `password` are an Account SID with its auth token, or an API key (`SK…`) with its
    secret; a key also needs the `account_sid`.
    """
    return PatchboardClient(
        username, password, account_sid, http_client=PatchboardHttpClient(base_url, timeout=timeout)
    )
