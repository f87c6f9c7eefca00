"""Filling in pages as a browser without JavaScript does: every field is sent as it stands, but for the changes."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client


class Fields(HTMLParser):
    """The fields of the main part of a page, by name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._area: str | None = None
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        self._inside = self._inside or tag == "main"
        if not self._inside or not name:
            return
        if tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "input" and found.get("type") in ("text", "hidden", None):
            self.values[name] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "main":
            self._inside = False


def fields(client: Client, address: str) -> dict[str, str]:
    """What the page's fields hold."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return Fields(answer.content.decode()).values


def send(client: Client, address: str, **changes: str) -> str:
    """Opens the page, changes some fields, sends it. Returns where it leads; fails the test on an error."""
    answer = client.post(address, fields(client, address) | changes)
    assert answer.status_code == 302, "\n".join(
        line.strip() for line in answer.content.decode().splitlines() if "error" in line
    )
    return str(answer["Location"])
