"""Somebody else at Leaf: plain HTTP calls with the standard library, none of our client's code."""

import json
import urllib.request
from typing import Any

Json = Any

FIELDS = "/services/fields/api"


class Neighbour:
    """Speaks to a Leaf host as its API owner, the way another program would."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        self.token = ""
        body = {"username": username, "password": password, "rememberMe": "true"}
        self.token = self.call("POST", "/api/authenticate", body)["id_token"]

    def call(self, method: str, path: str, body: Json = None) -> Json:
        """The answer's JSON. Raises urllib.error.HTTPError for anything but a success."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        sent = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, sent, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def everything(self, path: str) -> list[Json]:
        """All pages of a list."""
        found: list[Json] = []
        while page := self.call("GET", f"{path}?page={len(found) // 100}&size=100"):
            found += page
            if len(page) < 100:
                break
        return found

    def field(self, user: str, id: str) -> Json:
        return self.call("GET", f"{FIELDS}/users/{user}/fields/{id}")

    def boundary(self, user: str, id: str) -> Json:
        """The field's active boundary."""
        return self.call("GET", f"{FIELDS}/users/{user}/fields/{id}/boundary")

    def redraw(self, user: str, id: str, geometry: Json) -> Json:
        return self.call("PUT", f"{FIELDS}/users/{user}/fields/{id}/boundary", {"geometry": geometry})

    def rename(self, user: str, id: str, name: str) -> Json:
        return self.call("PATCH", f"{FIELDS}/users/{user}/fields/{id}", {"name": name})
