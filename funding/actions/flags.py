"""The OPCC's answer to what is flagged in a return: a real concern, or dismissed with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding import flags
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import FlagAnswer, QuarterlyReturn


class UnableToAnswer(UnableTo):
    """The flag cannot be answered so."""


@transaction.atomic
def answer(
    *, quarterly_return: QuarterlyReturn, key: str, is_concern: bool, words: str, by: User, at: datetime
) -> FlagAnswer:
    """Answers the flag that goes by this key, which says the figures too.

    A concern may have words, a dismissal must. Raises UnableToAnswer, also where the figures have changed
    since the page was opened, and UnableToDo.
    """
    # The figures stay while they are answered to.
    locked = QuarterlyReturn.objects.select_for_update(no_key=True, of=("self",)).in_full()
    found = locked.get(pk=quarterly_return.pk)
    check_may(Permission.ANSWER_FLAG, by=by, at=at, partnership=found.organisation.partnership)
    if not is_concern and not words.strip():
        raise UnableToAnswer("Say why you dismiss this flag.")
    standing = {flag.key: flag for flag in flags.of_return(found).flags}
    if key not in standing:
        raise UnableToAnswer("The figures have changed since you opened this page. Read them again.")
    flag = standing[key]
    if flag.answer:
        raise UnableToAnswer("This flag has been answered already.")
    with refusals(UnableToAnswer), transaction.atomic():
        return FlagAnswer.objects.create(
            quarterly_return=found,
            code=flag.prompt.code,
            subject=flag.prompt.subject,
            fingerprint=flag.prompt.fingerprint,
            title=flag.prompt.title,
            why=flag.why,
            stake=flag.stake,
            is_concern=is_concern,
            words=words.strip(),
            by=by,
            at=at,
        )
