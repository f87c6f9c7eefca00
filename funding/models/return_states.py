"""The states of a quarterly return, and the moves between them that the database lets through.

    not started -> draft <-> ready -> with certifier -> certified -> in review -> accepted -> locked
                     ^                     |               |            |            |
                     +------ declined -----+               +-> queried <+            +-> reopened

A queried or a reopened return is changed and sent again, or taken back to its certified version. Who may make
which move, and what it needs, is in `funding/actions/returns.py`.
"""

from __future__ import annotations

from django.db import models


class ReturnStatus(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    DRAFT = "draft", "Draft"
    READY = "ready", "Ready to send"
    WITH_CERTIFIER = "with_certifier", "With certifier"
    CERTIFIED = "certified", "Certified"
    IN_REVIEW = "in_review", "In review"
    QUERIED = "queried", "Queried"
    ACCEPTED = "accepted", "Accepted"
    REOPENED = "reopened", "Reopened"
    LOCKED = "locked", "Locked"


S = ReturnStatus
# Back with its organisation after it was certified once.
RETURNED_STATES = (S.QUERIED, S.REOPENED)
# A return can be changed by its organisation in these states, and in no other.
OPEN_STATES = (S.NOT_STARTED, S.DRAFT, S.READY, *RETURNED_STATES)
# Never certified yet: what makes a return late.
UNCERTIFIED_STATES = (S.NOT_STARTED, S.DRAFT, S.READY, S.WITH_CERTIFIER)
# With the OPCC, which has not answered yet.
REVIEWED_STATES = (S.CERTIFIED, S.IN_REVIEW)
# Answered for good, or until the OPCC reopens it.
ACCEPTED_STATES = (S.ACCEPTED, S.LOCKED)
# A return counts on the board from certification: provisional until it is accepted.
COUNTED_STATES = (*REVIEWED_STATES, *ACCEPTED_STATES)
# The board has its own word for each of these; all others are missing there.
STATES_ON_THE_BOARD = (*COUNTED_STATES, *RETURNED_STATES)

# The moves that the database lets through, whoever writes; a test holds them equal to the actions' table.
MOVES = (
    (S.NOT_STARTED, S.DRAFT),
    (S.DRAFT, S.READY),
    (S.READY, S.DRAFT),
    (S.DRAFT, S.WITH_CERTIFIER),
    (S.READY, S.WITH_CERTIFIER),
    (S.QUERIED, S.WITH_CERTIFIER),
    (S.REOPENED, S.WITH_CERTIFIER),
    (S.WITH_CERTIFIER, S.DRAFT),
    (S.WITH_CERTIFIER, S.QUERIED),
    (S.WITH_CERTIFIER, S.REOPENED),
    (S.WITH_CERTIFIER, S.CERTIFIED),
    (S.CERTIFIED, S.IN_REVIEW),
    (S.CERTIFIED, S.QUERIED),
    (S.IN_REVIEW, S.QUERIED),
    (S.CERTIFIED, S.ACCEPTED),
    (S.IN_REVIEW, S.ACCEPTED),
    (S.ACCEPTED, S.REOPENED),
    (S.ACCEPTED, S.LOCKED),
    (S.DRAFT, S.CERTIFIED),
    (S.READY, S.CERTIFIED),
    (S.QUERIED, S.CERTIFIED),
    (S.REOPENED, S.CERTIFIED),
)


def sql_list(states: tuple[ReturnStatus, ...]) -> str:
    """The states as SQL writes a list: 'draft', 'ready'."""
    return ", ".join(f"'{state.value}'" for state in states)
