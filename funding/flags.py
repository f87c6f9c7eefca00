"""What is worth the OPCC's look in the returns that count: flags, with what was answered to them. Read-only.

The rules are those that the preparer was asked by, and one more on the whole quarter. Nothing is kept but the
answers: a flag is there as long as its figures are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from authorities.models import Organisation, Partnership
from funding.flag_rules import MOST_SHOWN, Quarterly, unlike_own_quarters
from funding.models import ACCEPTED_STATES, COUNTED_STATES, FlagAnswer, QuarterlyReturn, ReturnRound
from funding.money import ZERO
from funding.prompt_rows import own_rows, prompt_lists
from funding.prompt_rules import Prompt
from funding.prompts import limits_of, prompts_of
from funding.return_reading import Row, read_beside

# A year back from the newest quarter that was opened for returns.
ROUNDS = 4


@dataclass(frozen=True)
class Flag:
    """One thing in one return, as its figures stand, and the OPCC's answer to just these figures."""

    quarterly_return: QuarterlyReturn
    prompt: Prompt
    answer: FlagAnswer | None = None

    @property
    def key(self) -> str:
        """Its name in a form. It says which figures it is about."""
        return f"{self.quarterly_return.pk}-{self.prompt.key}"

    @property
    def organisation(self) -> Organisation:
        return self.quarterly_return.organisation

    @property
    def why(self) -> str:
        """For readers outside the organisation, who see no small numbers of people."""
        return self.prompt.open_why or self.prompt.why

    @property
    def stake(self) -> Decimal | None:
        return self.prompt.stake

    @property
    def rank(self) -> tuple[object, ...]:
        """The money first, then the newest quarter."""
        quarter = self.quarterly_return.quarter
        return -(self.stake or ZERO), -quarter.year, -quarter.number, self.organisation.position, self.key


@dataclass(frozen=True)
class Flags:
    """The flags of a partnership: those that wait, the largest first, and every answer that was given."""

    flags: Sequence[Flag]
    answers: Sequence[FlagAnswer]
    unjudged: Mapping[str, int]  # organisations with too short a past, and how many quarters of it there are
    quarters_needed: int
    rounds: Sequence[ReturnRound]

    @cached_property
    def waiting(self) -> list[Flag]:
        return sorted((flag for flag in self.flags if flag.answer is None), key=lambda flag: flag.rank)

    @property
    def shown(self) -> list[Flag]:
        return self.waiting[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return len(self.waiting) - len(self.shown)

    @property
    def answered(self) -> list[tuple[FlagAnswer, bool]]:
        """With whether its figures still stand, the newest first."""
        standing = {flag.answer.pk for flag in self.flags if flag.answer}
        return [(answer, answer.pk in standing) for answer in self.answers]

    def find(self, key: str) -> Flag | None:
        """One that waits."""
        return next((flag for flag in self.waiting if flag.key == key), None)


def of(partnership: Partnership) -> Flags:
    """Of the returns that count in the newest rounds. Four queries, however many returns there are."""
    rounds = list(ReturnRound.objects.filter(partnership=partnership)[:ROUNDS])
    counted = QuarterlyReturn.objects.in_full().filter(round__in=rounds, status__in=COUNTED_STATES)
    returns = list(counted.select_related("prepared_by"))
    answers = FlagAnswer.objects.filter(quarterly_return__round__in=rounds).select_related(
        "by", "quarterly_return__round", "quarterly_return__organisation"
    )
    return _flags(returns, list(answers), rounds)


def of_return(quarterly_return: QuarterlyReturn) -> Flags:
    """Of one return, where it counts."""
    found = quarterly_return
    answers = FlagAnswer.objects.filter(quarterly_return=found).select_related("by")
    return _flags([found] if found.is_counted else [], list(answers), [found.round])


def _flags(
    returns: Sequence[QuarterlyReturn], answers: Sequence[FlagAnswer], rounds: Sequence[ReturnRound]
) -> Flags:
    if not returns:
        return Flags((), answers, {}, 0, rounds)
    of_partnership = Partnership.objects.filter(pk=returns[0].round.partnership_id)
    rows = read_beside(of_partnership, prompt_lists(*returns))
    said = {(one.quarterly_return_id, one.code, one.subject, one.fingerprint): one for one in answers}
    flags: list[Flag] = []
    past: dict[str, Quarterly] = {}
    for found in returns:
        quarterly = _quarterly(found, rows)
        # The newest return of an organisation comes first, and has the longest past.
        past.setdefault(found.organisation.name, quarterly)
        for prompt in (*prompts_of(found, rows, most=None), *_of_quarter(found, quarterly)):
            answer = said.get((found.pk, prompt.code, prompt.subject, prompt.fingerprint))
            flags.append(Flag(found, prompt, answer))
    unjudged = {name: len(one.history) for name, one in past.items() if not one.can_be_judged}
    return Flags(flags, answers, unjudged, limits_of(returns[0]).quarters, rounds)


def _quarterly(found: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> Quarterly:
    """What was entered for each quarter itself: corrections are of other quarters."""
    now, spent = (found.quarter.year, found.quarter.number), defaultdict[tuple[int, int], Decimal](Decimal)
    for row in own_rows(found, rows)["p_spend"]:
        quarter = row["year"], row["number"]
        if row["of"] == found.pk or (quarter < now and row["status"] in ACCEPTED_STATES):
            spent[quarter] += Decimal(row["actual"] or ZERO)
    own = spent.pop(now, ZERO)
    return Quarterly(own, [spent[quarter] for quarter in sorted(spent)], limits_of(found))


def _of_quarter(found: QuarterlyReturn, quarterly: Quarterly) -> Iterator[Prompt]:
    """A nil return was asked nothing, but its explanation is an answer."""
    for prompt in unlike_own_quarters(quarterly):
        if found.is_nil and found.prepared_by:
            yield replace(prompt, words=found.progress, who=found.prepared_by.name)
        else:
            yield prompt
