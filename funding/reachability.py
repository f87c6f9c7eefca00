"""Whether an organisation has somebody who can certify its return in time. Read-only, one query.

A certifier can be reached who has the right on the day, whose account is open and has an e-mail address, who
has signed in within the last 200 days, and who did not prepare the return.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from authorities.filters import date_words
from authorities.models import Membership, Organisation
from authorities.roles import Permission
from funding.models import OPEN_STATES, QuarterlyReturn, ReturnEvent, ReturnStatus

NOTICE = timedelta(weeks=4)
SIGNED_IN_WITHIN = timedelta(days=200)
PREPARING = ("save", "send")


def problem(organisation: Organisation, due_on: date, on: date) -> str:
    """Why nobody could certify the return due on `due_on`, as seen on `on`; empty when somebody can."""
    due = QuarterlyReturn.objects.filter(organisation=organisation).filter(
        Q(extended_to=due_on) | Q(extended_to__isnull=True, round__due_on=due_on)
    )
    certifiers = list(_certifiers([organisation], due))
    return _sentence(organisation, due_on, on, [(one, bool(one.prepared)) for one in certifiers])


def problems(returns: Iterable[QuarterlyReturn], on: date) -> dict[int, str]:
    """The same for many returns at once, by return: of those that are not certified, from four weeks before
    their due day on. Only returns with a problem are in it."""
    asked = [one for one in returns if _is_near(one, on)]
    if not asked:
        return {}
    certifiers = list(_certifiers([one.organisation for one in asked], asked))
    found = {
        one.pk: _sentence(
            one.organisation,
            one.due_on,
            on,
            [
                (certifier, one.pk in certifier.prepared)
                for certifier in certifiers
                if certifier.organisation_id == one.organisation_id
            ],
        )
        for one in asked
    }
    return {pk: sentence for pk, sentence in found.items() if sentence}


def _is_near(found: QuarterlyReturn, on: date) -> bool:
    waits = found.status in (*OPEN_STATES, ReturnStatus.WITH_CERTIFIER)
    return waits and on >= found.due_on - NOTICE


def _certifiers(
    organisations: Iterable[Organisation], returns: Iterable[QuarterlyReturn] | QuerySet[QuarterlyReturn]
) -> QuerySet:  # type: ignore[type-arg]
    """Everybody who ever was or will be a certifier, with the returns that each has prepared."""
    prepared = ReturnEvent.objects.filter(
        by=OuterRef("user"), verb__in=PREPARING, quarterly_return__in=returns
    )
    return (
        Membership.objects.carrying(Permission.CERTIFY_RETURN)
        .filter(organisation__in=list(organisations))
        .select_related("user")
        .annotate(prepared=ArraySubquery(prepared.order_by().values("quarterly_return").distinct()))
        .order_by("organisation", "starts_on", "pk")
    )


def _sentence(
    organisation: Organisation, due_on: date, on: date, certifiers: list[tuple[Membership, bool]]
) -> str:
    # A late return is certified today at the earliest.
    day = max(due_on, on)
    why_not: list[str] = []
    for certifier, prepared in certifiers:
        if not certifier.covers(day):
            continue
        reason = _why_not(certifier, prepared, on)
        if not reason:
            return ""
        why_not.append(f"{certifier.user.name} {reason}")
    if not why_not:
        return (
            f"{organisation.name} has no certifier on {date_words(day)}, when its return "
            f"{'has to be' if day == due_on else 'could first be'} certified. Ask an administrator to name "
            "one, or a certifier to appoint a deputy."
        )
    return (
        f"Nobody can be reached who could certify the return of {organisation.name} on {date_words(day)}: "
        f"{'; '.join(dict.fromkeys(why_not))}. Ask them to sign in, an administrator to name another "
        "certifier, or a certifier to appoint a deputy."
    )


def _why_not(certifier: Membership, prepared: bool, on: date) -> str:
    user = certifier.user
    if not user.is_active:
        return "has an account that is closed"
    if not user.email:
        return "has no e-mail address"
    if user.last_login is None:
        return "has never signed in"
    seen_on = timezone.localdate(user.last_login)
    if seen_on < on - SIGNED_IN_WITHIN:
        return f"last signed in on {date_words(seen_on)}"
    if prepared:
        return "prepared part of the return"
    return ""
