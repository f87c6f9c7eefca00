"""Rows that a process has made once, put back as they were: many tests start from the same."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from io import BytesIO
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction

Asked = ParamSpec("Asked")
Made = TypeVar("Made")
OF_DJANGO = {"django_migrations", "django_content_type", "auth_permission"}


@dataclass(frozen=True)
class Memory(Generic[Made]):
    """What a builder returned, the rows of each table and the private files by name."""

    result: Made
    tables: dict[str, bytes]
    files: dict[str, bytes]


def remembered(build: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """`build` goes through the actions the first time; afterwards its rows are copied in, with their numbers.

    Where there are rows already it always goes through the actions. What it returns is copied too, so that no
    test sees what another has done to it.
    """
    memories: dict[object, Memory[Made]] = {}

    @wraps(build)
    def made(*args: Asked.args, **kwargs: Asked.kwargs) -> Made:
        if _filled():
            return build(*args, **kwargs)
        key = (args, *kwargs.items())
        if key in memories:
            _put(memories[key])
        else:
            result = build(*args, **kwargs)
            memories[key] = Memory(result, {table: _rows(table) for table in _filled()}, _files())
        return copy.deepcopy(memories[key].result)

    return made


def _filled() -> list[str]:
    """The names of tables with a row."""
    tables = [name for name in connection.introspection.table_names() if name not in OF_DJANGO]
    with connection.cursor() as cursor:
        asked = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables]
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


def _rows(table: str) -> bytes:
    rows = BytesIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
    return rows.getvalue()


def _files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(settings.FILES_ROOT).glob("*")}


def _put(memory: Memory[Made]) -> None:
    """Without triggers: what they would write is among the rows, and the numbers refer to each other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, rows in memory.tables.items():
            cursor.cursor.copy_expert(f'COPY "{table}" FROM STDIN', BytesIO(rows))
        cursor.execute("SET session_replication_role = DEFAULT")
    for name, content in memory.files.items():
        path = Path(settings.FILES_ROOT, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
