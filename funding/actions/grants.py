"""Grants and awards: what the Home Office settles, offers and agrees."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from authorities.models import Organisation, Partnership, User
from authorities.roles import Permission
from funding.actions import rollups
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import Award, AwardStatus, Basis, Fund, Grant, ShareInput
from funding.money import ZERO, pounds
from funding.quarters import year_label


class UnableToRecordAward(UnableTo):
    """The award cannot be recorded or changed."""


@transaction.atomic
def record_grant(
    *,
    partnership: Partnership,
    fund: Fund,
    name: str,
    announced_amount: Decimal | None = None,
    announced_on: date | None = None,
    subject_to: str = "",
    source: str = "",
    hub_percent: Decimal = Decimal(0),
    by: User,
    at: datetime,
) -> Grant:
    """A settlement of a fund to the partnership, in pounds over all its years.

    Raises UnableToRecordAward for a second grant of the same name.
    """
    check_may(Permission.RECORD_AWARD, by=by, at=at, partnership=partnership)
    with refusals(UnableToRecordAward), transaction.atomic():
        return Grant.objects.create(
            partnership=partnership,
            fund=fund,
            name=name,
            announced_amount=announced_amount,
            announced_on=announced_on,
            subject_to=subject_to,
            source=source,
            hub_percent=hub_percent,
        )


@transaction.atomic
def record_award(
    *,
    grant: Grant,
    year: int,
    amount: Decimal,
    status: AwardStatus = AwardStatus.ANNOUNCED,
    basis: Basis = Basis.PUBLISHED,
    source: str = "",
    by: User,
    at: datetime,
) -> Award:
    """The grant's amount, in pounds, for one financial year. Raises UnableToRecordAward."""
    check_may(Permission.RECORD_AWARD, by=by, at=at, partnership=grant.partnership)
    if not grant.fund.covers(year):
        raise UnableToRecordAward(f"The fund {grant.fund.name} does not run in {year_label(year)}.")
    with refusals(UnableToRecordAward), transaction.atomic():
        return Award.objects.create(
            grant=grant, year=year, amount=amount, status=status, basis=basis, source=source
        )


@transaction.atomic
def change_award(
    *,
    award: Award,
    amount: Decimal,
    status: AwardStatus,
    source: str,
    basis: Basis | None = None,
    seen: str | None = None,
    by: User,
    at: datetime,
) -> Award:
    """A later stage or another amount of an award; its history keeps what it was. No basis: as it is.

    `seen` is `Award.as_seen` of the page that the change was made on. Raises UnableToRecordAward when that no
    longer holds, for an amount below what is already allocated, and for a step back.
    """
    award = (
        Award.objects.select_for_update(of=("self",), no_key=True)
        .select_related("grant__partnership")
        .get(pk=award.pk)
    )
    check_may(Permission.RECORD_AWARD, by=by, at=at, partnership=award.grant.partnership)
    _check_change(award, amount, status, seen)
    award.amount, award.status, award.source = amount, status, source
    award.basis = basis or award.basis
    with refusals(UnableToRecordAward), transaction.atomic():
        award.save(update_fields=("amount", "status", "source", "basis"))
    rollups.mark_award(award=award, at=at)
    return award


def _check_change(award: Award, amount: Decimal, status: AwardStatus, seen: str | None) -> None:
    if seen is not None and seen != award.as_seen:
        raise UnableToRecordAward(
            f"Somebody else has changed this award while you were typing: it is now {pounds(award.amount)}, "
            f"{award.get_status_display().lower()}. Check what you typed, then save again."
        )
    order = AwardStatus.values
    if order.index(status) < order.index(award.status):
        raise UnableToRecordAward(
            f"This award is already {award.get_status_display().lower()}: it cannot go back."
        )
    allocated = sum(award.lines.approved().values_list("amount", flat=True), ZERO)
    if amount < allocated:
        raise UnableToRecordAward(
            f"{pounds(allocated)} of this award is allocated, so it cannot be less than that."
        )


@transaction.atomic
def record_share_input(
    *, organisation: Organisation, population: int, violence_index: Decimal, source: str, basis: Basis
) -> ShareInput:
    """What the formula of the shares knows of an organisation."""
    return ShareInput.objects.create(
        organisation=organisation,
        population=population,
        violence_index=violence_index,
        source=source,
        basis=basis,
    )
