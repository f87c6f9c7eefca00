"""The demonstration's organisations and people, by role names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from authorities import actions
from authorities.models import Organisation, Partnership, User
from authorities.roles import Role
from funding.actions import grants
from funding.demo import facts
from funding.models import Basis
from funding.quarters import LONDON

PASSWORD = "share-every-pound"  # noqa: S105 - shown to everybody; it opens demonstration data only


@dataclass(frozen=True)
class Cast:
    """Who takes part, by the codes of `facts`."""

    partnership: Partnership
    bodies: dict[str, Organisation]
    people: dict[tuple[str, Role], User]

    def preparer(self, code: str) -> User:
        return self.people[code, Role.POLICE_LEAD if code == "police" else Role.LEAD]

    def certifier(self, code: str) -> User:
        return self.people[code, Role.CERTIFIER]

    @property
    def officer(self) -> User:
        return self.people["opcc", Role.OFFICER]

    @property
    def approver(self) -> User:
        return self.people["opcc", Role.APPROVER]


def address(name: str) -> str:
    """The e-mail address that a demonstration person signs in with."""
    return f"{slugify(name)}@demo.example"


def gather(today: date) -> Cast:
    """Founds the partnership with its organisations, their legal bodies, and one person for each role.

    Everybody has signed in this morning: a certifier whom nobody has seen for months counts as not reachable.
    """
    partnership = actions.found_partnership(
        name=facts.PARTNERSHIP, police_force_code=facts.POLICE_FORCE_CODE, board_name=facts.BOARD
    )
    bodies = {
        body.code: _organisation(partnership, body, place) for place, body in enumerate(facts.BODIES, 1)
    }
    # One hash for all: the password is no secret, and a hash is slow by design.
    encoded = make_password(PASSWORD)
    seen = datetime.combine(today, time(9), tzinfo=LONDON)
    people = {
        (code, role): _person(bodies[code], role, name, encoded, seen) for code, role, name in facts.PEOPLE
    }
    return Cast(partnership, bodies, people)


def _organisation(partnership: Partnership, body: facts.Body, place: int) -> Organisation:
    organisation = actions.add_organisation(
        partnership=partnership,
        kind=body.kind,
        name=body.name,
        short_name=body.short_name,
        position=place,
        prefix=facts.PUBLISHER_PREFIX if body.code == "opcc" else "",
    )
    for name, code, starts_on, ends_on in body.legal:
        actions.add_accountable_body(
            organisation=organisation,
            name=name,
            gss_code=code,
            starts_on=starts_on,
            ends_on=ends_on,
            org_id=facts.ORG_IDS[code],
        )
    if body.population:
        grants.record_share_input(
            organisation=organisation,
            population=body.population,
            violence_index=body.violence_index,
            source=facts.CENSUS,
            basis=Basis.ILLUSTRATIVE,
        )
    return organisation


def _person(organisation: Organisation, role: Role, name: str, encoded: str, seen: datetime) -> User:
    user = actions.add_person(
        email=address(name),
        name=name,
        encoded_password=encoded,
        is_demo=True,
        is_staff=role == Role.ADMINISTRATOR,
        last_login=seen,
    )
    actions.give_role(user=user, organisation=organisation, role=role, starts_on=facts.START)
    return user
