"""Prints each total of the board beside its recompute; exits 1 on any difference."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from authorities.models import Partnership
from funding.models import RollUpMark
from funding.quarters import year_label
from funding.reconciliation import Check, reconcile


class Command(BaseCommand):
    help = "Compares each total of the board with a recompute from the source tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="Print differences only.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits 1 where a figure differs, also where a change is still waiting to be rolled up."""
        checks = [check for partnership in Partnership.objects.all() for check in reconcile(partnership)]
        different = [check for check in checks if check.difference]
        for check in different if options["quiet"] else checks:
            self.stdout.write(_line(check))
        waiting = RollUpMark.objects.count()
        if waiting:
            self.stdout.write(f"{waiting} changes are waiting to be rolled up.")
        self.stdout.write(f"{len(checks)} totals compared, {len(different)} differences.")
        if different:
            raise SystemExit(1)


def _line(check: Check) -> str:
    place = " / ".join(part for part in (year_label(check.year), check.fund, check.organisation) if part)
    verdict = "equal" if not check.difference else f"DIFFERENT by {check.difference:,.2f}"
    return f"{place}: {check.measure} {check.figure:,.2f}, recompute {check.recompute:,.2f}: {verdict}"
