"""Append-only tables: held by the database, not by good manners."""

import pgtrigger


def append_only() -> tuple[pgtrigger.Trigger, pgtrigger.Trigger]:
    """Triggers that refuse every UPDATE, DELETE and TRUNCATE of a table."""
    return (
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="never_truncated",
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            func="RAISE EXCEPTION 'The table % is append-only.', TG_TABLE_NAME;",
        ),
    )
