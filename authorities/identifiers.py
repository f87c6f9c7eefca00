"""The form of identifiers that other registers give, held by the database and said in words on the form."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

PREFIX_OF_360GIVING = r"^360G-[A-Za-z0-9_]+$"
# A list of org-id.guide, then what the list calls the organisation.
ORG_ID = r"^[A-Z]{2}-[A-Z]+-[A-Za-z0-9_.-]+$"


def formed(field: str, form: str, *, name: str, like: str) -> models.CheckConstraint:
    """Keeps the field empty, or of that form."""
    return models.CheckConstraint(
        condition=Q(**{field: ""}) | Q(**{f"{field}__regex": form}),
        name=name,
        violation_error_message=f"Enter the identifier as it was given, like {like}.",
    )
