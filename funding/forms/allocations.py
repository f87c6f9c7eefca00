"""The allocation grid: what it shows, what the formula suggests, and the form that proposes a decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from authorities.models import Organisation, OrganisationKind
from funding import formula, money
from funding.forms.fields import AmountField
from funding.models import Allocations, Award, ShareInput
from funding.money import ZERO

Key = tuple[int, int]  # (award id, organisation id), as in Allocations
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Grid:
    """Awards across, organisations down, and the allocations in force, all passed in.

    `shown` are the awards that have a column; the totals of an organisation count all of them.
    """

    awards: Sequence[Award]
    shown: Sequence[Award]
    organisations: Sequence[Organisation]
    held: Allocations

    def cells(self) -> Iterator[tuple[Award, Organisation]]:
        """The cells, organisation by organisation."""
        return ((award, organisation) for organisation in self.organisations for award in self.shown)

    def amount(self, award: Award, organisation: Organisation) -> Decimal:
        return self.held[award.pk, organisation.pk]

    def allocated(self, award: Award) -> Decimal:
        return sum((self.amount(award, organisation) for organisation in self.organisations), ZERO)

    def remainder(self, award: Award) -> Decimal:
        left: Decimal = award.amount - self.allocated(award)
        return left

    def of(self, organisation: Organisation) -> Decimal:
        """What an organisation holds over all years, those without a column too."""
        return sum((self.amount(award, organisation) for award in self.awards), ZERO)

    def not_shown(self, organisation: Organisation) -> Decimal:
        hidden = [award for award in self.awards if award not in self.shown]
        return sum((self.amount(award, organisation) for award in hidden), ZERO)

    def devolved(self, award: Award) -> Decimal:
        """What local authorities hold of an award."""
        local = [organisation for organisation in self.organisations if organisation.is_local_authority]
        return sum((self.amount(award, organisation) for organisation in local), ZERO)

    @property
    def barely_devolved(self) -> list[Award]:
        """Awards with something allocated, of which less than half is with local authorities.

        The Commissioner's announcement devolves "the majority"; hotspot money is for the police.
        """
        return [
            award
            for award in self.shown
            if not award.grant.fund.paid_to_police
            and self.allocated(award)
            and self.devolved(award) < award.amount * HALF
        ]


@dataclass(frozen=True)
class Suggestion:
    """What the formula suggests for one award. `missing` are authorities that it knows nothing of."""

    award: Award
    shares: Sequence[tuple[Organisation, ShareInput | None, Decimal]]
    missing: Sequence[Organisation]

    def amounts(self) -> dict[Key, Decimal]:
        return {(self.award.pk, organisation.pk): amount for organisation, _, amount in self.shares}


def suggest(award: Award, organisations: Sequence[Organisation]) -> Suggestion:
    """The hub keeps its share; local authorities share the rest. Nothing while an input is missing."""
    hub = next((o for o in organisations if o.kind == OrganisationKind.OPCC), None)
    inputs = {o: getattr(o, "share_input", None) for o in organisations if o.is_local_authority}
    missing = [organisation for organisation, known in inputs.items() if known is None]
    known = {organisation: row for organisation, row in inputs.items() if row is not None}
    weights = [(row.population, row.violence_index) for row in known.values()]
    if missing or not any(population * index for population, index in weights):
        return Suggestion(award, [], missing or list(known))
    percent = award.grant.hub_percent if hub else ZERO
    shares = formula.suggest(award.amount, hub_percent=percent, weights=weights)
    rows: list[tuple[Organisation, ShareInput | None, Decimal]] = [(hub, None, shares.hub)] if hub else []
    rows += zip(known, known.values(), shares.devolved, strict=True)
    return Suggestion(award, rows, [])


class SeenField(forms.Field):
    """The amount that stood in a cell when the page was opened. Only ever compared, so it never complains."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Decimal:
        try:
            return money.parse(str(value))
        except ValueError:
            return -money.PENNY  # equal to no allocation


@dataclass(frozen=True)
class Cell:
    """One input of the grid as it is drawn. `stood` is what the person last saw, when that has changed."""

    field: BoundField
    seen: str
    text: str
    error: str
    held: Decimal
    stood: Decimal | None
    is_changed: bool


class ProposalForm(forms.Form):
    """Wanted allocations, each with what was seen, and the decision's reference and reason."""

    reference = forms.CharField(
        label="Reference of the decision",
        max_length=40,
        help_text="The number of the decision notice, like 2026-014.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={
            "required": "Enter the reference of the decision, like 2026-014",
            "max_length": "Enter a reference of 40 characters or fewer",
        },
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        help_text="Whoever approves reads this. Say who asked for it and why.",
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={
            "required": "Enter the reason for this decision",
            "max_length": "Enter a reason of 2,000 characters or fewer",
        },
    )

    def __init__(self, *args: Any, grid: Grid, filled: Mapping[Key, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid = grid
        self.refused = False
        for award, organisation in grid.cells():
            key = (award.pk, organisation.pk)
            label = f"{organisation.short_name}, {award.year_label}"
            wanted = filled.get(key, grid.held[key])
            self.fields[_name("wanted", key)] = AmountField(label=label, initial=wanted)
            self.fields[_name("seen", key)] = SeenField(initial=grid.held[key])
        self.order_fields([name for name in self.fields if name not in ("reference", "reason")])

    def proposal(self) -> dict[str, Any]:
        """What `decisions.propose` takes: pounds wanted and seen by award and organisation."""
        keys = [(award.pk, organisation.pk) for award, organisation in self.grid.cells()]
        return {
            "reference": self.cleaned_data["reference"],
            "reason": self.cleaned_data["reason"],
            "wanted": {key: self.cleaned_data[_name("wanted", key)] for key in keys},
            "seen": {key: self.cleaned_data[_name("seen", key)] for key in keys},
        }

    def refuse(self, sentence: str, *, now: Grid) -> None:
        """Keeps what was typed, and takes the allocations in force now as seen."""
        self.add_error(None, sentence)
        self.grid, self.refused = now, True

    def cell(self, award: Award, organisation: Organisation) -> Cell:
        """How one amount is drawn: the text that was typed, or the amount that the grid begins with."""
        key = (award.pk, organisation.pk)
        field = self[_name("wanted", key)]
        held = self.grid.held[key]
        text = field.field.widget.format_value(field.value()) or ""
        seen = str(self[_name("seen", key)].value() or "") if self.is_bound else money.plain(held)
        stood = _amount(seen)
        return Cell(
            field=field,
            seen=money.plain(held) if self.refused else seen,
            text=text,
            error=" ".join(str(error) for error in field.errors),
            held=held,
            stood=stood if stood != held else None,
            is_changed=_amount(text) != held,
        )

    def summary(self) -> list[dict[str, str]]:
        """The error summary: an amount's sentence says which organisation and year it is about."""
        found = [{"text": str(text)} for text in self.non_field_errors()]
        for name, sentences in self.errors.items():
            if name in self.fields:
                before = f"{self[name].label}: " if name.startswith("wanted-") else ""
                found += [{"text": f"{before}{text}", "href": f"#{self[name].auto_id}"} for text in sentences]
        return found

    def sums(self) -> dict[int, Decimal | None]:
        """The total of each year's column by award id; None while one of its amounts cannot be read."""
        found: dict[int, Decimal | None] = {award.pk: ZERO for award in self.grid.shown}
        for award, organisation in self.grid.cells():
            sofar, amount = found[award.pk], _amount(self.cell(award, organisation).text)
            found[award.pk] = None if sofar is None or amount is None else sofar + amount
        return found


def _name(kind: str, key: Key) -> str:
    return f"{kind}-{key[0]}-{key[1]}"


def _amount(text: str) -> Decimal | None:
    try:
        return money.parse(text)
    except ValueError:
        return None
