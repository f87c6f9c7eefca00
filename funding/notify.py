"""GOV.UK Notify as Django's way of sending e-mail, for installations that have a key for it.

The template there needs two personalisations, ((subject)) and ((body)), and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

# The header of a message that becomes Notify's reference: what a person searches for on its pages.
REFERENCE = "X-Notice"


class NotTakenError(OSError):
    """Notify has said no, or was never reached: the message is certainly not on its way."""


class EmailBackend(BaseEmailBackend):
    """Hands each message to Notify, once for each addressee."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently, **kwargs)
        client: Any = NotificationsAPIClient
        self.client = client(
            settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_BASE_URL, timeout=settings.EMAIL_TIMEOUT
        )

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Returns how many were taken. Raises NotTakenError for a refusal, OSError where nobody can tell."""
        for message in email_messages:
            for address in message.recipients():
                self._send(message, address)
        return len(email_messages)

    def _send(self, message: EmailMessage, address: str) -> None:
        try:
            self.client.send_email_notification(
                email_address=address,
                template_id=settings.NOTIFY_TEMPLATE_ID,
                personalisation={"subject": message.subject, "body": message.body},
                reference=message.extra_headers.get(REFERENCE),
            )
        except HTTPError as problem:
            if self.fail_silently:
                return
            certain = problem.response is not None or _never_reached(problem.__cause__)
            raise (NotTakenError if certain else OSError)(f"GOV.UK Notify: {problem}") from problem


def _never_reached(cause: BaseException | None) -> bool:
    """No connection was made. One that breaks later may have carried the message."""
    if isinstance(cause, requests.ConnectTimeout):
        return True
    return isinstance(cause, requests.ConnectionError) and "NewConnectionError" in str(cause)
