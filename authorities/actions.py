"""The only code that writes people, roles and organisations outside the administration pages."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from authorities.filters import date_words
from authorities.models import AccountableBody, ApiToken, Membership, Organisation, Partnership, User
from authorities.roles import Permission, Role
from authorities.tokens import BEGINNING, LONGEST_LIFE, PREFIX_LENGTH, digest_of

LONGEST_COVER = timedelta(days=366)
MOST_TOKENS = 10


class UnableToIssue(Exception):
    """The token cannot be made, or not be revoked. `str()` is the sentence for the person."""


class UnableToAppoint(Exception):
    """The deputy cannot be appointed, or the cover not be ended. `str()` is the sentence for the person."""


@transaction.atomic
def found_partnership(
    *, name: str, police_force_code: str, board_name: str, training_for: Partnership | None = None
) -> Partnership:
    """A new partnership, without organisations yet; or a training copy of the one that is named."""
    return Partnership.objects.create(
        name=name, police_force_code=police_force_code, board_name=board_name, training_for=training_for
    )


@transaction.atomic
def add_organisation(
    *, partnership: Partnership, kind: str, name: str, short_name: str, position: int, prefix: str = ""
) -> Organisation:
    """A new organisation at the given place in the order of tables and charts; `prefix` is 360Giving's."""
    organisation: Organisation = Organisation.objects.create(
        partnership=partnership,
        kind=kind,
        name=name,
        short_name=short_name,
        position=position,
        publisher_prefix=prefix,
    )
    return organisation


@transaction.atomic
def add_accountable_body(
    *,
    organisation: Organisation,
    name: str,
    gss_code: str,
    starts_on: date,
    ends_on: date | None,
    org_id: str = "",
) -> AccountableBody:
    """The legal body that answers for the organisation between two dates, both included."""
    body: AccountableBody = AccountableBody.objects.create(
        organisation=organisation,
        name=name,
        gss_code=gss_code,
        org_id=org_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return body


@transaction.atomic
def add_person(
    *,
    email: str,
    name: str,
    encoded_password: str | None = None,
    is_demo: bool = False,
    is_staff: bool = False,
    last_login: datetime | None = None,
) -> User:
    """A person, with a password as `make_password` encodes it; None is one that nobody can type.

    `last_login` is for people who are known from elsewhere, as those of the demonstration.
    """
    return User.objects.create(
        email=email.lower(),
        name=name,
        password=encoded_password or make_password(None),
        is_demo=is_demo,
        is_staff=is_staff,
        last_login=last_login,
    )


@transaction.atomic
def give_role(
    *,
    user: User,
    organisation: Organisation,
    role: Role,
    starts_on: date,
    ends_on: date | None = None,
    deputy_for: Membership | None = None,
) -> Membership:
    """The person's role in the organisation between two dates, both included."""
    membership: Membership = Membership.objects.create(
        user=user,
        organisation=organisation,
        role=role.value,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy_for=deputy_for,
    )
    return membership


@transaction.atomic
def appoint_deputy(
    *, principal: Membership, user: User, starts_on: date, ends_on: date, by: User, on: date
) -> Membership:
    """Dated cover: the same role in the same organisation for another of its people, both days included.

    `on` is today. Raises UnableToAppoint.
    """
    held = Membership.objects.select_for_update(of=("self",)).select_related("user", "organisation")
    mine = held.get(pk=principal.pk)
    _check_principal(mine, by, on)
    _check_days(mine, starts_on, ends_on, on)
    if user.pk not in {one.pk for one in possible_deputies(mine, on=on)}:
        raise UnableToAppoint("Choose somebody else of your organisation who has an account.")
    beside = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on),
        user=user,
        organisation=mine.organisation,
        role=mine.role,
        starts_on__lte=ends_on,
    )
    if beside.exists():
        raise UnableToAppoint(
            f"{user.name} already is {mine.role_row.label.lower()} on some of these days. Choose other days."
        )
    deputy: Membership = Membership.objects.create(
        user=user,
        organisation=mine.organisation,
        role=mine.role,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy_for=mine,
    )
    return deputy


def _check_principal(mine: Membership, by: User, on: date) -> None:
    may = mine.user == by and by.is_active and Permission.APPOINT_DEPUTY in mine.role_row.permissions
    if not may or not mine.covers(on):
        raise UnableToAppoint("Your role does not let you appoint a deputy.")
    if mine.deputy_for_id:
        raise UnableToAppoint(
            "You stand in for somebody yourself, so you cannot appoint a deputy. "
            "Ask the person whose role it is."
        )


def _check_days(mine: Membership, starts_on: date, ends_on: date, on: date) -> None:
    if starts_on < on:
        raise UnableToAppoint("The first day cannot be in the past.")
    if starts_on > on + LONGEST_COVER:
        raise UnableToAppoint(
            "The first day is more than a year away. Appoint the deputy nearer to the time."
        )
    if ends_on < starts_on:
        raise UnableToAppoint("The last day cannot be before the first day.")
    if ends_on - starts_on >= LONGEST_COVER:
        raise UnableToAppoint("A deputy stands in for at most 366 days. Choose an earlier last day.")
    if mine.ends_on and ends_on > mine.ends_on:
        raise UnableToAppoint(
            f"Your own role ends on {date_words(mine.ends_on)}, so cover cannot last longer."
        )


def possible_deputies(principal: Membership, *, on: date) -> list[User]:
    """Everybody else with a part in the organisation who does more than audit, by name."""
    working = [role.value for role in Role if role != Role.AUDITOR]
    members = Membership.objects.current(on).filter(organisation=principal.organisation, role__in=working)
    people = User.objects.filter(is_active=True, pk__in=members.values("user"))
    return list(people.exclude(pk=principal.user_id).order_by("name", "pk"))


@transaction.atomic
def end_deputy(*, deputy: Membership, by: User, on: date) -> None:
    """Ends cover with today; cover that has not begun is taken back. Only by the person whose role it is."""
    found = Membership.objects.select_for_update(of=("self",)).select_related("deputy_for").get(pk=deputy.pk)
    if found.deputy_for is None or found.deputy_for.user_id != by.pk:
        raise UnableToAppoint("Only the person whose role it is can end this cover.")
    assert found.ends_on
    if found.ends_on <= on:
        raise UnableToAppoint("This cover ends today, or has ended already.")
    if found.starts_on > on:
        found.delete()
    else:
        found.ends_on = on
        found.save(update_fields=["ends_on"])


@transaction.atomic
def end_roles(*, partnerships: Iterable[Partnership], last_day: date) -> int:
    """Ends every role in the partnerships that would last longer; returns how many. What would begin later
    is taken back."""
    within = Membership.objects.filter(organisation__partnership__in=list(partnerships))
    within.filter(starts_on__gt=last_day).delete()
    return within.exclude(ends_on__lte=last_day).update(ends_on=last_day)


@transaction.atomic
def create_token(
    *, membership: Membership, name: str, expires_on: date, by: User, at: datetime
) -> tuple[ApiToken, str]:
    """A token and its secret, which is told here and never again. Raises UnableToIssue."""
    held = Membership.objects.select_for_update(of=("self",)).select_related("organisation")
    mine, today = held.get(pk=membership.pk), localdate(at)
    allowed = mine.user_id == by.pk and by.is_active and Permission.VIEW_BOARD in mine.role_row.permissions
    if not allowed or not mine.covers(today):
        raise UnableToIssue("Your role does not let you make a token.")
    if expires_on < today:
        raise UnableToIssue("The last day cannot be in the past.")
    if expires_on > today + LONGEST_LIFE:
        raise UnableToIssue(
            f"Choose a last day up to {date_words(today + LONGEST_LIFE)}, 366 days from today."
        )
    if not name.strip():
        raise UnableToIssue("Say what the token is for.")
    if ApiToken.objects.live(today).filter(membership=mine).count() >= MOST_TOKENS:
        raise UnableToIssue(f"You have {MOST_TOKENS} tokens in use. Revoke one that you no longer need.")
    secret = BEGINNING + secrets.token_urlsafe(32)
    token: ApiToken = ApiToken.objects.create(
        membership=mine,
        name=name.strip(),
        digest=digest_of(secret),
        prefix=secret[:PREFIX_LENGTH],
        created_at=at,
        starts_on=today,
        expires_on=expires_on,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, at: datetime) -> None:
    """Ends the token at once. Only by the person whose it is."""
    found = ApiToken.objects.select_for_update(of=("self",)).select_related("membership").get(pk=token.pk)
    if found.membership.user_id != by.pk:
        raise UnableToIssue("Only the person whose token it is can revoke it.")
    if found.revoked_at:
        raise UnableToIssue("This token is revoked already.")
    found.revoked_at = at
    found.save(update_fields=["revoked_at"])


def note_token_use(*, token: ApiToken, at: datetime) -> None:
    """Keeps the day of the last use: written at most once a day, however often the token is used."""
    today = localdate(at)
    if token.last_used_on is None or token.last_used_on < today:
        unseen = Q(last_used_on__isnull=True) | Q(last_used_on__lt=today)
        ApiToken.objects.live(today).filter(unseen, pk=token.pk).update(last_used_on=today)
