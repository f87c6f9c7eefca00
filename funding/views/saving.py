"""One save of one part of a return: by the person's own button, or by the page itself every few seconds.

Both go the same way. An autosave (a field `autosave`) keeps what can be read, leaves what cannot as it stands
saved, and answers with JSON; a refusal as a whole is a 409 with the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from authorities.access import acting
from authorities.filters import clock_words
from funding.access import find_return
from funding.actions.errors import UnableTo
from funding.forms.grids import RevisionForm
from funding.models import QuarterlyReturn
from funding.return_parts import parts


@dataclass(frozen=True)
class Save:
    """What a page saves, and how.

    `content` is what the action takes, `standing` what is saved by the names of the form's fields. `leads_to`
    is the page after a save that does not stay; `by_itself` is whether the page may save without a button.
    """

    part: str
    sentence: str
    action: Callable[..., QuarterlyReturn]
    content: Callable[[], dict[str, Any]]
    standing: Callable[[QuarterlyReturn], Mapping[str, Any]]
    leads_to: str = "return"
    by_itself: bool = True

    def answer(self, request: HttpRequest, found: QuarterlyReturn, form: RevisionForm) -> HttpResponse | None:
        """The answer to a save; None where the page is to be shown, at first or with what was refused.

        A refusal goes on the form, beside what stands saved meanwhile.
        """
        if request.method != "POST":
            return None
        if "autosave" in request.POST and self.by_itself:
            return self._quietly(request, found, form)
        if form.is_valid():
            try:
                saved = self._act(request, found, form)
            except UnableTo as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _joined(self.sentence, self._left(saved)))
                stays = "stay" in request.POST
                return redirect(f"return_{self.part}" if stays else self.leads_to, pk=found.pk)
        elif "revision" not in form.errors:
            return None
        fresh = find_return(request, found.pk)
        form.compare_with(fresh.revision, self.standing(fresh))
        return None

    def _quietly(self, request: HttpRequest, found: QuarterlyReturn, form: RevisionForm) -> JsonResponse:
        form.kept = self.standing(found)
        if "revision" in form.errors:
            return JsonResponse({"sentence": _joined(*form.errors["revision"])}, status=409)
        try:
            saved = self._act(request, found, form)
        except UnableTo as refusal:
            return JsonResponse({"sentence": str(refusal)}, status=409)
        saved_at, refused, waiting = clock_words(timezone.now()), form.refused(), form.waiting()
        sentence = _joined(f"Saved at {saved_at}.", _gaps(len(refused), len(waiting)), self._left(saved))
        return JsonResponse(
            {
                "saved_at": saved_at,
                "revision": saved.revision,
                "refused": refused,
                "waiting": waiting,
                "sentence": sentence,
            }
        )

    def _act(self, request: HttpRequest, found: QuarterlyReturn, form: RevisionForm) -> QuarterlyReturn:
        revision, person = form.cleaned_data["revision"], acting(request).user
        return self.action(
            quarterly_return=found, revision=revision, by=person, at=timezone.now(), **self.content()
        )

    def _left(self, saved: QuarterlyReturn) -> str:
        left = next((one.left for one in parts(saved) if one.code == self.part), "")
        return f"{left[0].upper()}{left[1:]}." if left else ""


def _joined(*sentences: object) -> str:
    return " ".join(str(sentence) for sentence in sentences if sentence)


def _gaps(refused: int, waiting: int) -> str:
    """What an autosave had to leave out."""
    unread = "it" if refused == 1 else "they"
    return _joined(
        f"{refused} not saved, because {unread} cannot be read." if refused else "",
        "What is half filled is saved when it is complete." if waiting else "",
    )
