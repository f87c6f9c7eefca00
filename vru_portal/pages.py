"""How pages are made: the Jinja2 environment and the form renderer. Wiring only, no word of the grant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader


class StrictForPages(ChainableUndefined):
    """Empty for an option that a component was not given, an error for a name that a page got wrong.

    The macros of GOV.UK Frontend read options that are missing from a dict; our pages read attributes
    of objects and names of the context, and there a missing one is a slip of the pen.
    """

    __slots__ = ()

    def _refuse(self) -> None:
        if self._undefined_hint is None and not isinstance(self._undefined_obj, dict):
            self._fail_with_undefined_error()

    def __str__(self) -> str:
        self._refuse()
        return ""

    def __iter__(self) -> Any:
        self._refuse()
        return iter(())


def environment(**options: Any) -> Environment:
    """The environment of every page: our templates, GOV.UK macros, and the filters named in settings."""
    options["loader"] = ChoiceLoader(
        [
            options["loader"],
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    options["undefined"] = StrictForPages
    env = Environment(**options)
    env.globals |= {
        "static": static,
        "url": url,
        "querystring": querystring,
        "navigation": navigation,
        "render_table": render_table,
        "widget_kind": widget_kind,
        "page_numbers": page_numbers,
        "this_moment": this_moment,
        "demo_mode": partial(getattr, settings, "DEMO_MODE", False),
    }
    for path in settings.JINJA_FILTERS:
        env.filters |= import_string(path)
    return env


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """`url("funding:return", pk=3)`: the address of a named page."""
    return reverse(name, args=args, kwargs=kwargs)


def this_moment() -> datetime:
    """When the page is made: its copy on paper says so."""
    return timezone.now()


def navigation(request: HttpRequest) -> list[Any]:
    """What the service navigation offers: objects with text, href and active."""
    items: list[Any] = import_string(settings.NAVIGATION)(request)
    return items


def querystring(request: HttpRequest, **changes: Any) -> str:
    """The query string of the request with some values replaced; None takes a value away."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


def render_table(table: Any, request: HttpRequest) -> str:
    """A table of django-tables2 as HTML; its own as_html is not marked safe when Jinja2 renders it."""
    html: str = mark_safe(table.as_html(request))  # noqa: S308 - an autoescaped template made it
    return html


def page_numbers(page: Any) -> Iterable[int | str]:
    """The page numbers to offer under a long table: the ends, the neighbours, and gaps between."""
    numbers: Iterable[int | str] = page.paginator.get_elided_page_range(
        page.number, on_each_side=1, on_ends=1
    )
    return numbers


# The first match wins, so a kind stands before the kinds that it derives from.
WIDGET_KINDS: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.CheckboxSelectMultiple, "checkboxes"),
    (widgets.RadioSelect, "radios"),
    (widgets.Select, "select"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.Textarea, "textarea"),
    (widgets.PasswordInput, "password"),
    (widgets.FileInput, "file"),
    (widgets.NumberInput, "number"),
    (widgets.Input, "text"),
)


def widget_kind(field: BoundField) -> str:
    """Which GOV.UK component shows the field; a widget that none fits draws itself."""
    widget = field.field.widget
    if "data-money" in widget.attrs:
        return "money"
    return next((kind for known, kind in WIDGET_KINDS if isinstance(widget, known)), "own")


class FormRenderer(DjangoTemplates):
    """Our forms through GOV.UK components; single widgets, as in the admin, as Django draws them."""

    form_template_name = "components/form.html"
    formset_template_name = "components/formset.html"
    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("components/"):
            return get_template(template_name)
        return super().get_template(template_name)
