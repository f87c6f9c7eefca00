"""The only code that writes people, roles and organisations outside the administration pages."""

from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from authorities.models import AccountableBody, Membership, Organisation, Partnership, User
from authorities.roles import Role


@transaction.atomic
def found_partnership(*, name: str, police_force_code: str, board_name: str) -> Partnership:
    """A new partnership, without organisations yet."""
    return Partnership.objects.create(name=name, police_force_code=police_force_code, board_name=board_name)


@transaction.atomic
def add_organisation(
    *, partnership: Partnership, kind: str, name: str, short_name: str, position: int
) -> Organisation:
    """A new organisation at the given place in the order of tables and charts."""
    organisation: Organisation = Organisation.objects.create(
        partnership=partnership, kind=kind, name=name, short_name=short_name, position=position
    )
    return organisation


@transaction.atomic
def add_accountable_body(
    *, organisation: Organisation, name: str, gss_code: str, starts_on: date, ends_on: date | None
) -> AccountableBody:
    """The legal body that answers for the organisation between two dates, both included."""
    body: AccountableBody = AccountableBody.objects.create(
        organisation=organisation, name=name, gss_code=gss_code, starts_on=starts_on, ends_on=ends_on
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
    *, user: User, organisation: Organisation, role: Role, starts_on: date, ends_on: date | None = None
) -> Membership:
    """The person's role in the organisation between two dates, both included."""
    membership: Membership = Membership.objects.create(
        user=user, organisation=organisation, role=role.value, starts_on=starts_on, ends_on=ends_on
    )
    return membership
