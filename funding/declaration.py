"""What a certifier signs. Pure: the words of the declaration as they are kept with the signature."""

from __future__ import annotations

from funding.quarters import year_words


def declaration(organisation: str, year: int) -> list[str]:
    """The sentences of the declaration for an organisation's return in a financial year.

    Source: terms of government grants to local authorities (accruals, recoverable VAT, no carry-over,
    signature of the chief finance officer).
    """
    return [
        f"I am the section 151 officer or chief finance officer of {organisation}, or their deputy",
        "actual spend is stated on an accruals basis and agrees with the accounts",
        "costs are net of VAT that can be recovered",
        "spend is within the terms of the grant and is claimed from no other grant",
        f"everything was spent in {year_words(year)}: no amount is carried from or to another year",
        "forecasts and commitments are a fair view of the rest of the year",
    ]
