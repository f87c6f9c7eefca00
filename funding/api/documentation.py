"""What the page about the API lists: made from the names and descriptions that the API itself is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninja import Schema

from funding.api.schemas import (
    AllocationFilters,
    AllocationRow,
    Answer,
    AsAt,
    FigureFilters,
    FigureRow,
    ReturnFilters,
    ReturnRow,
)


@dataclass(frozen=True)
class Endpoint:
    """One kind of row: where it is, what can be asked, and what each field holds."""

    name: str
    summary: str
    parameters: list[tuple[str, str]]
    fields: list[tuple[str, str, str]]


def _fields(schema: type[Schema]) -> list[tuple[str, str, str]]:
    """(name, what it holds, unit)"""
    found = []
    for name, field in schema.model_fields.items():
        more: Any = field.json_schema_extra
        if isinstance(more, dict):
            found.append((name, field.description or "", str(more["unit"])))
    return found


def _parameters(schema: type[Schema]) -> list[tuple[str, str]]:
    names = schema.model_fields
    last = [name for name in ("limit", "offset") if name in names]
    order = [name for name in names if name not in last] + last
    return [(name, names[name].description or "") for name in order]


def endpoints() -> list[Endpoint]:
    kinds: tuple[tuple[str, type[Schema], type[Schema]], ...] = (
        ("figures", FigureFilters, FigureRow),
        ("allocations", AllocationFilters, AllocationRow),
        ("returns", ReturnFilters, ReturnRow),
    )
    return [
        Endpoint(name, (row.__doc__ or "").strip(), _parameters(asked), _fields(row))
        for name, asked, row in kinds
    ]


def around() -> list[tuple[str, str, str]]:
    """What stands around the rows of every answer."""
    return [(f"as_at.{name}", what, unit) for name, what, unit in _fields(AsAt)] + _fields(Answer)
