"""Rows that a process has made once, put back as they were: many tests start from the same."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import TypeVar

from django.db import connection, transaction

Made = TypeVar("Made")
UNTOUCHED = {"django_migrations", "django_content_type", "auth_permission"}


def remembered(build: Callable[[], Made]) -> Callable[[], Made]:
    """`build` goes through the actions the first time; afterwards its rows are copied in, with their numbers.

    For a builder that starts from tables without a row. What it returns is copied too, so that no test
    sees what another has done to it.
    """
    kept: list[tuple[Made, dict[str, bytes]]] = []

    @wraps(build)
    def made() -> Made:
        if kept:
            _put(kept[0][1])
        else:
            before = set(_filled())
            result = build()
            if before:
                return result
            kept.append((result, {table: _rows(table) for table in _filled()}))
        return copy.deepcopy(kept[0][0])

    return made


def _filled() -> list[str]:
    tables = [name for name in connection.introspection.table_names() if name not in UNTOUCHED]
    with connection.cursor() as cursor:
        found = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables]
        cursor.execute(" UNION ALL ".join(found))
        return [name for (name,) in cursor.fetchall()]


def _rows(table: str) -> bytes:
    rows = BytesIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
    return rows.getvalue()


def _put(tables: dict[str, bytes]) -> None:
    """Without triggers: what they would write is among the rows, and the numbers refer to each other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, rows in tables.items():
            cursor.cursor.copy_expert(f'COPY "{table}" FROM STDIN', BytesIO(rows))
        cursor.execute("SET session_replication_role = DEFAULT")
