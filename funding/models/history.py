"""Append-only tables and frozen columns: held by the database, not by good manners."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger


def refuse(sentence: str, constraint: str) -> str:
    """SQL that refuses the change. Actions find their own sentence by the constraint's name."""
    return f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"


def never_truncated() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="never_truncated",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'The table % is never emptied.', TG_TABLE_NAME;",
    )


def append_only() -> tuple[pgtrigger.Trigger, ...]:
    """Triggers that refuse every UPDATE, DELETE and TRUNCATE of a table."""
    return (
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        never_truncated(),
    )


def frozen(*columns: str, name: str = "frozen") -> pgtrigger.Trigger:
    """Refuses to change what a row is about once it is written: its owner, its year, its quarter."""
    same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in columns)
    sentence = f"Of a row of this table, {', '.join(columns)} never change."
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"IF NOT ({same}) THEN {refuse(sentence, 'frozen_columns')} END IF; RETURN NEW;",
    )


def tracked(**options: Any) -> Any:
    """Keeps every version of a row in an append-only table that triggers write."""
    trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*trackers, meta={"triggers": [never_truncated()]}, **options)
