"""The signed id of a workbook: for which return it was made, from which plan, at which revision."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

from funding.workbook.form import FORMAT, Form

SALT = "funding.workbook"
MARK = "VRU portal workbook"
HIDDEN_SHEET = "Portal"


@dataclass(frozen=True)
class Ticket:
    """What the template says of itself. The names are for the person whose file is for another return."""

    quarterly_return: int
    organisation: str
    quarter: str
    revision: int
    plan: str


def sign(form: Form) -> str:
    """The id as text. Nobody can make one, or change one, without the portal's key."""
    facts = [FORMAT, form.quarterly_return, form.organisation, form.quarter, form.revision, form.plan[:12]]
    return signing.dumps(facts, salt=SALT, compress=True)


def opened(text: str) -> Ticket:
    """The ticket in a signed id. Raises ValueError with a sentence for one that was changed."""
    try:
        version, *facts = signing.loads(text.strip(), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as problem:
        raise ValueError(
            "The hidden id of this workbook was changed, so nobody can say which return it is for. Download "
            "the template again and copy your figures into it."
        ) from problem
    if version != FORMAT:
        raise ValueError(
            "This workbook was made from a template that is no longer used. Download the template again and "
            "copy your figures into it."
        )
    return Ticket(*facts)
