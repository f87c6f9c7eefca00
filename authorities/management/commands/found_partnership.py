"""Founds a partnership with its OPCC and its first administrator: the first step of a real installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils import timezone

from authorities import actions
from authorities.models import OrganisationKind
from authorities.roles import Role


class Command(BaseCommand):
    help = "Founds a partnership. Everything else is added on the administration pages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="The partnership's name.")
        parser.add_argument("--police-force-code", required=True, help="Like E23000036.")
        parser.add_argument("--board", required=True, help="What the partnership calls its board.")
        parser.add_argument("--opcc", required=True, help="The name of the Commissioner's office.")
        parser.add_argument("--administrator", required=True, help="The administrator's name.")
        parser.add_argument("--email", required=True, help="The administrator's e-mail address.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the partnership, its code or the person is there already."""
        try:
            with transaction.atomic():
                partnership = actions.found_partnership(
                    name=options["name"],
                    police_force_code=options["police_force_code"],
                    board_name=options["board"],
                )
                office = actions.add_organisation(
                    partnership=partnership,
                    kind=OrganisationKind.OPCC,
                    name=options["opcc"],
                    short_name="OPCC",
                    position=1,
                )
                person = actions.add_person(
                    email=options["email"], name=options["administrator"], is_staff=True
                )
        except IntegrityError as problem:
            raise CommandError("This partnership, its code or this person is there already.") from problem
        actions.give_role(
            user=person,
            organisation=office,
            role=Role.ADMINISTRATOR,
            starts_on=timezone.localdate(),
        )
        self.stdout.write(
            f"{partnership} is founded. {person} sets a password with “I have forgotten my password” on the "
            "sign-in page, then adds organisations and people on the administration pages."
        )
