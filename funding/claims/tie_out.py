"""The claim held against the certified returns, the board and the ledger: to the penny, or explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.claims import claim_sql
from funding.claims.paper import Paper, Returned
from funding.claims.reading import parameters, rows
from funding.money import ZERO, pounds
from funding.quarters import Quarter

AGREES = "It agrees to the penny."


@dataclass(frozen=True)
class Check:
    """One line of the panel. Amounts are None where the check is not about pounds."""

    title: str
    is_green: bool
    words: str
    left: Decimal | None = None
    right: Decimal | None = None

    @property
    def difference(self) -> Decimal:
        return (self.left or ZERO) - (self.right or ZERO)

    @property
    def label(self) -> str:
        """Beside the colour, which is never alone."""
        return "Agrees" if self.is_green else "Explained"


def tie_out(paper: Paper, now: Sequence[Returned]) -> list[Check]:
    """The panel of one claim. `now` is every return as it stands today."""
    ((sources, board, waiting),) = rows(claim_sql.HELD_AGAINST, parameters(paper.award, paper.part))
    return [
        _with_returns(paper, now, sources),
        _with_board(sources, board, waiting),
        _with_allocations(paper, now),
        _with_award(paper),
        _every_return(paper),
        _accepted(paper),
        *_headings(paper),
        *_as_frozen(paper),
    ]


def _with_returns(paper: Paper, now: Sequence[Returned], sources: Decimal) -> Check:
    title = "The claims to date are what the certified returns say"
    if paper.to_date == sources:
        return Check(title, True, AGREES, paper.to_date, sources)
    changed = ", ".join(_changed(paper, now)) or "no return: costs moved to another award or heading"
    after = (
        "The year is closed by this statement. Nothing of it is carried into another year."
        if paper.is_statement
        else "The next claim of this award carries the difference by itself."
    )
    difference = pounds(abs(sources - paper.to_date))
    more = "more" if sources > paper.to_date else "less"
    words = f"The returns say {difference} {more} than was claimed. Changed since: {changed}. {after}"
    return Check(title, False, words, paper.to_date, sources)


def _changed(paper: Paper, now: Sequence[Returned]) -> Iterator[str]:
    was = {(one.organisation, one.quarter): one for one in paper.returns}
    for one in now:
        before = was.get((one.organisation, one.quarter))
        label = f"{one.organisation_name} {Quarter(paper.award.year, one.quarter).label}"
        if before is None or before.is_counted != one.is_counted:
            yield f"{label} ({'certified' if one.is_counted else 'not certified any more'})"
        elif one.is_counted and before.version_digest != one.version_digest:
            yield f"{label} (certified again)"


def _with_board(sources: Decimal, board: Decimal, waiting: int) -> Check:
    title = "The certified returns are what the board shows"
    if sources == board:
        return Check(title, True, AGREES, sources, board)
    if waiting:
        quarters = "1 return waits" if waiting == 1 else f"{waiting} returns wait"
        words = f"{quarters} to be rolled up. The board follows within a minute; then it agrees."
    else:
        words = (
            "Nothing waits to be rolled up. The nightly recompute repairs the board; tell your administrator."
        )
    return Check(title, False, words, sources, board)


def _with_allocations(paper: Paper, now: Sequence[Returned]) -> Check:
    """Organisation by organisation: what one leaves does not pay for another."""
    held = {one.organisation: one.held for one in now}
    names = {one.organisation: one.organisation_name for one in now}
    claimed: dict[int, Decimal] = defaultdict(Decimal)
    for line in (*paper.before, *paper.lines):
        if not line.is_match:
            claimed[line.key.organisation] += line.amount
    over = {
        one: amount - held.get(one, ZERO) for one, amount in claimed.items() if amount > held.get(one, ZERO)
    }
    allocated = sum(held.values(), ZERO)
    title = "Nobody claims more than the ledger allocates"
    if not over:
        left = pounds(allocated - paper.to_date)
        words = f"Every organisation is within its allocation. {left} is not claimed."
        return Check(title, True, words, paper.to_date, allocated)
    who = ", ".join(f"{names.get(one, '')} by {pounds(amount)}" for one, amount in over.items())
    words = f"Above the allocation: {who}. Move money by a decision, or query the return."
    return Check(title, False, words, paper.to_date, allocated)


def _with_award(paper: Paper) -> Check:
    award, title = paper.award.amount, "The claims to date are within the award"
    left = award - paper.to_date
    if left >= 0:
        return Check(title, True, f"{pounds(left)} of the award is not claimed.", paper.to_date, award)
    words = f"{pounds(-left)} is above the award. The grant does not pay it."
    return Check(title, False, words, paper.to_date, award)


def _every_return(paper: Paper) -> Check:
    title, missing = "Every return is in", paper.missing
    if not missing:
        return Check(title, True, f"All {len(paper.returns)} returns are certified.")
    who = ", ".join(
        f"{one.organisation_name} {Quarter(paper.award.year, one.quarter).label} ({one.basis_label.lower()})"
        for one in missing
    )
    words = (
        f"{len(missing)} of {len(paper.returns)} are not certified and count as missing, not as £0.00: {who}."
    )
    return Check(title, False, words)


def _accepted(paper: Paper) -> Check:
    title, provisional = "Everything claimed is accepted", paper.provisional
    if not any(one.basis == "provisional" for one in paper.returns):
        return Check(title, True, "The OPCC has accepted every certified return.")
    words = f"{pounds(provisional)} is provisional: certified, and not accepted by the OPCC yet."
    return Check(title, False, words)


def _headings(paper: Paper) -> list[Check]:
    if not paper.unmapped:
        return []
    amount = pounds(sum((line.amount for line in paper.unmapped), ZERO))
    words = f"{amount} stands under cost headings without a claim heading. An administrator adds them."
    return [Check("Every cost has a claim heading", False, words)]


def _as_frozen(paper: Paper) -> list[Check]:
    if paper.claim is None:
        return []
    title = "The claim is as it was frozen"
    if paper.digest == paper.claim.digest and paper.total == paper.claim.total:
        return [Check(title, True, "Its lines give the digest that was kept when it was frozen.")]
    return [Check(title, False, "Its lines do not give the digest that was kept. Tell your administrator.")]
