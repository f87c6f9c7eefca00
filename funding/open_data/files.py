"""Grants as the two files that are published: a JSON package and a flat CSV. Pure: no database, no clock."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from funding.csv_rows import csv_of, neutral
from funding.money import plain
from funding.open_data.grants import Setting, moment
from funding.open_data.standard import COLUMNS, LICENCE, VERSION, Grant, part
from funding.quarters import london_day

# Python's writer of JSON knows no exact numbers: an amount is written as a text behind a sign that no text of
# the database can hold, and then loses its quotation marks.
MARK = "\0"
MARKED = re.compile(r'"\\u0000([0-9]+\.[0-9]{2})"')


def json_text(grants: Sequence[Grant], setting: Setting, *, first_at: datetime, at: datetime) -> str:
    """The package: the grants, and what the data are, whose, since when and under which licence."""
    name = setting.publisher.name
    package = {
        "version": VERSION,
        "title": f"Grants of {name} to reduce serious violence",
        "description": "What organisations hold of the awards that were devolved, by approved decisions. "
        "What the publisher keeps to coordinate is no grant and is not in here.",
        "identifier": f"{setting.prefix}-grants",
        "issued": london_day(first_at).isoformat(),
        "modified": moment(at),
        "publisher": {"identifier": setting.publisher.identifier, "name": name},
        "license": LICENCE,
        "accessURL": setting.address,
        "downloadURL": f"{setting.address}grants.json",
        "grants": grants,
    }
    return written(package)


def written(content: Any) -> str:
    """JSON with exact amounts."""
    text = json.dumps(content, ensure_ascii=False, indent=2, default=_amount)
    return MARKED.sub(r"\1", text) + "\n"


def _amount(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{MARK}{plain(value)}"
    raise TypeError(f"No {type(value).__name__} is published.")


def csv_text(grants: Sequence[Grant]) -> str:
    """One row a grant under the standard's own titles, with no text that runs as a formula."""
    rows = ([_cell(part(grant, path)) for _, path in COLUMNS] for grant in grants)
    return csv_of([[title for title, _ in COLUMNS], *rows])


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else neutral(str(value))


def digest_of(text: str) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(text.encode()).hexdigest()
