"""The virus scan: clamd, when there is one. Fails closed: what could not be scanned is not handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlparse

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings


class UnableToScan(Exception):
    """The scanner cannot be reached, or gave no answer that says clean or infected."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says; `virus` is empty for a clean file."""

    virus: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.virus


def is_set_up() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings.CLAMD_URL)


def scan(content: BinaryIO) -> Verdict:
    """Hands the content to clamd. Raises UnableToScan."""
    try:
        answers = _clamd().instream(content)
    except (ClamdError, OSError, UnicodeDecodeError) as problem:
        raise UnableToScan(str(problem)) from problem
    status, detail = next(iter(answers.values()), ("", None))
    if status == "OK":
        return Verdict()
    if status == "FOUND":
        return Verdict(detail or "unnamed")
    raise UnableToScan(f"clamd answered {status or 'nothing'}: {detail}")


def _clamd() -> ClamdNetworkSocket:
    address = urlparse(settings.CLAMD_URL)
    if address.scheme == "unix":
        return ClamdUnixSocket(address.path, settings.CLAMD_TIMEOUT)
    return ClamdNetworkSocket(address.hostname or "", address.port or 3310, settings.CLAMD_TIMEOUT)
