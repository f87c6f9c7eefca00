"""What the board page is made of, as read from the derived rows. Pure: nothing but frozen dataclasses.

Amounts are pounds. `None` means that nothing was returned, which is never the same as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from funding.quarters import Quarter

QUARTERS = (1, 2, 3, 4)
ACCEPTED, PROVISIONAL, QUERIED, MISSING = "accepted", "provisional", "queried", "missing"
# A return counts from certification: provisional until the OPCC accepts it.
COUNTED = frozenset({ACCEPTED, PROVISIONAL})


@dataclass(frozen=True)
class Recipient:
    """An organisation that receives money, in the order of every table and chart."""

    pk: int
    name: str
    short_name: str
    is_police: bool = False


@dataclass(frozen=True)
class FundFact:
    """A stream of money. Hotspot policing money is shown apart from the other streams."""

    pk: int
    code: str
    name: str
    is_hotspot: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class AwardFact:
    """What a fund gives the partnership for one financial year."""

    pk: int
    fund: FundFact
    year: int
    amount: Decimal
    basis: str = "Published"


@dataclass(frozen=True)
class Spend:
    """One recipient's quarter of one award; forecasts are its return's, by number of the later quarter."""

    recipient: int
    award: int
    quarter: int
    plan: Decimal
    actual: Decimal | None
    forecasts: Mapping[int, Decimal | None] = field(default_factory=dict)
    # The part of the actual that early help and high-risk work took; None also in a record kept before
    # it was counted.
    targeted: Decimal | None = None


@dataclass(frozen=True)
class Share:
    """Plan and actual of one tier or cost heading, for the quarters that were returned."""

    name: str
    plan: Decimal
    accepted: Decimal
    provisional: Decimal

    @property
    def actual(self) -> Decimal:
        return self.accepted + self.provisional


@dataclass(frozen=True)
class FundShares:
    """The shares of one fund. Funds are never added up into one share: each pays for other things."""

    fund: FundFact
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Patrolled:
    """Patrol hours of one recipient in a quarter of the year before."""

    recipient: int
    quarter: int
    hours: Decimal


@dataclass(frozen=True)
class Returned:
    """One recipient's quarter: whether it was returned and what was delivered."""

    recipient: int
    quarter: int
    basis: str
    is_nil: bool = False
    due_on: date | None = None
    universal: int | None = None
    targeted: int | None = None
    sessions: int | None = None
    hours: Decimal | None = None
    visits: int | None = None
    arrests: int | None = None
    searches: int | None = None
    asb_powers: int | None = None
    return_id: int | None = None  # None in a record kept before it was noted

    @property
    def is_counted(self) -> bool:
        return self.basis in COUNTED


@dataclass(frozen=True)
class Comparison:
    """What one area was given, as published, or as our own award says."""

    area: str
    fund: str
    period: str
    amount: Decimal
    is_rounded: bool
    source: str
    basis: str = "Published"
    is_ours: bool = False


@dataclass(frozen=True)
class Stamp:
    """As at which roll-up the figures stand, and how many changes wait for the next one."""

    run: int | None
    at: datetime | None
    waiting: int


@dataclass(frozen=True)
class Facts:
    """Everything that the board page says of one year, within its filters."""

    partnership: str
    year: int
    today: date
    recipients: tuple[Recipient, ...]
    awards: tuple[AwardFact, ...]
    allocations: Mapping[tuple[int, int], Decimal]  # (recipient, award) -> pounds
    spends: tuple[Spend, ...]
    tiers: tuple[FundShares, ...]
    headings: tuple[FundShares, ...]
    returns: tuple[Returned, ...]
    opened: frozenset[int]  # quarters that any organisation was asked to return
    comparisons: tuple[Comparison, ...]
    stamp: Stamp
    fund: FundFact | None = None
    recipient: Recipient | None = None
    held_years: tuple[int, ...] = ()  # with an award of the chosen fund, or of any
    small_number: int = 0  # counts of people below it are hidden; 0 hides none
    patrolled_before: tuple[Patrolled, ...] = ()
    # Of every fund but those of hotspots, whatever fund is chosen: counts of people are not kept by fund.
    supporting: tuple[Spend, ...] = ()
    hotspot_funds: int = 1  # with an award of the year, whichever fund is chosen
    funded_next: frozenset[str] = frozenset()  # codes of the funds with an award for the year that follows

    @property
    def has_begun(self) -> bool:
        """A quarter that was opened for returns has begun, whatever the day."""
        return bool(self.opened) or self.today >= Quarter(self.year, 1).starts_on

    @property
    def has_ended(self) -> bool:
        return self.today > self.ends_on

    @property
    def ends_on(self) -> date:
        """The 31 March that no money crosses."""
        return Quarter(self.year, 4).ends_on
