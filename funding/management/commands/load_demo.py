"""Loads the demonstration once, through the same actions that people use."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from authorities.models import Partnership
from authorities.sign_in import demo_people
from funding.actions import rollups
from funding.demo import claims, delivery, facts, governance, hotspots, money, people, returns, scenarios


class Command(BaseCommand):
    help = "Loads the demonstration data; does nothing where they are loaded already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="The day to load it for: 2026-11-23.")
        parser.add_argument("--sign-ins", action="store_true", help="Only print the people to sign in as.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError outside the demonstration, and where other data are in the way."""
        if not settings.DEMO_MODE:
            raise CommandError("Set DEMO_MODE=true: the demonstration's password is known to everybody.")
        if not options["sign_ins"]:
            self._load(options["today"] or timezone.localdate())
        else:
            self._print_sign_ins()

    def _load(self, today: date) -> None:
        if Partnership.objects.filter(name=facts.PARTNERSHIP).exists():
            return
        if Partnership.objects.exists():
            raise CommandError("This database holds another partnership. Use an empty one.")
        # All or nothing: a load that is interrupted leaves an empty database, and the next one starts anew.
        with transaction.atomic():
            money.record_reference()
            claims.record_headings()
            cast = people.gather(today)
            money.award_and_allocate(cast)
            money.plan(cast)
            delivery.set_targets(cast)
            hotspots.draw_hotspots(cast)
            returns.return_every_quarter(cast, today)
            governance.govern(cast, today)
            scenarios.try_out(cast, today)
        rebuilt = rollups.roll_up(clock=timezone.now)
        self.stdout.write(f"Loaded the demonstration as of {today}; rolled up {rebuilt} quarters.")

    def _print_sign_ins(self) -> None:
        rows = [
            (person.role, person.organisation, people.address(person.name))
            for person in demo_people(timezone.localdate())
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(2)] if rows else [0, 0]
        for role, organisation, email in rows:
            self.stdout.write(f"  {role:<{widths[0]}}  {organisation:<{widths[1]}}  {email}")
        self.stdout.write(f"  Password of everybody: {people.PASSWORD}")
