"""What the server has, asked over plain HTTP by somebody who shares no code with our client."""

import json
import urllib.request
from typing import Any

_FIELDS = "/services/fields/api"


class OtherSide:
    """Reads the server's own state, page by page, with the standard library alone."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url = url
        self._token = ""
        body = {"username": username, "password": password, "rememberMe": "true"}
        self._token = self._call("/api/authenticate", body)["id_token"]

    def fields(self) -> dict[str, Any]:
        """Every field by id, as the list shows it."""
        found: dict[str, Any] = {}
        page = 0
        while some := self._call(f"{_FIELDS}/fields?page={page}&size=100"):
            found |= {record["id"]: record for record in some}
            page += 1
        return found

    def boundary(self, leaf_user_id: str, field_id: str) -> Any:
        """The field's active boundary."""
        return self._call(f"{_FIELDS}/users/{leaf_user_id}/fields/{field_id}/boundary")

    def history(self, leaf_user_id: str, field_id: str) -> list[Any]:
        """Every boundary the field ever had."""
        found = self._call(f"{_FIELDS}/users/{leaf_user_id}/fields/{field_id}/boundaries?size=100")
        return found if isinstance(found, list) else []

    def _call(self, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(self._url + path, None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
