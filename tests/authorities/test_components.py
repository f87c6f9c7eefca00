"""The components that every page is made of."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import django_tables2 as tables
import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.test import RequestFactory
from jinja2 import UndefinedError

from authorities.forms import DayField
from vru_portal.pages import querystring, render_table

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def rendered(source: str, **context: Any) -> str:
    """A template given as text, on one line."""
    html: str = engines["jinja2"].from_string(source).render(context)
    return " ".join(html.split())


def component(name: str, call: str, **context: Any) -> str:
    return rendered('{% from "components/macros.html" import ' + name + " %}" + call, **context)


class Everything(forms.Form):
    name = forms.CharField(help_text="As on the <contract>")
    amount = forms.DecimalField(widget=forms.TextInput(attrs={"data-money": True}))
    agreed_on = DayField()
    reason = forms.CharField(widget=forms.Textarea, max_length=200)
    tier = forms.ChoiceField(choices=[("a", "Primary"), ("b", "Secondary")], widget=forms.RadioSelect)
    themes = forms.MultipleChoiceField(choices=[("1", "Schools")], widget=forms.CheckboxSelectMultiple)
    place = forms.ChoiceField(choices=[("x", "Bristol"), ("y", "Bath")])
    password = forms.CharField(widget=forms.PasswordInput)
    token = forms.CharField(widget=forms.HiddenInput, initial="kept")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_page_compiles_and_keeps_to_the_content_policy(path: Path) -> None:
    engines["jinja2"].env.get_template(str(path.relative_to(settings.BASE_DIR / "templates")))
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text)
    for tag in re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style[^>]*>", text):
        assert "nonce=" in tag or "json" in tag


def test_a_name_that_a_page_got_wrong_is_an_error_and_a_missing_option_is_not() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ amuont }}")
    with pytest.raises(UndefinedError):
        rendered("{{ money.amuont }}", money=Decimal(1))
    with pytest.raises(UndefinedError):
        rendered("{% for line in liens %}{% endfor %}")
    assert rendered("{{ options.hint.text }}", options={}) == ""


def test_an_empty_form_has_labels_and_hints() -> None:
    html = str(Everything())
    assert '<label class="govuk-label" for="id_name">' in html
    assert 'aria-describedby="id_name-hint"' in html
    assert "As on the &lt;contract&gt;" in html
    assert '<div class="govuk-input__prefix" aria-hidden="true">£</div>' in html
    assert 'inputmode="decimal"' in html
    assert 'type="number"' not in html
    assert 'data-maxlength="200"' in html
    assert 'name="token" value="kept"' in html
    assert "required" not in html


def test_the_error_summary_can_lead_to_every_field() -> None:
    """A group of radios or checkboxes is reached at its first choice."""
    form = Everything(data={})
    html = str(form)
    for field in form.visible_fields():
        assert f'id="{field.auto_id}"' in html
        assert f'id="{field.auto_id}-error"' in html


def test_what_was_typed_is_kept_except_the_password() -> None:
    form = Everything(
        data={
            "name": "<b>",
            "amount": "1,2x",
            "agreed_on": "31 2 2026",
            "reason": "Late start",
            "tier": "b",
            "themes": ["1"],
            "place": "y",
            "password": "open sesame",
        }
    )
    html = str(form)
    assert 'value="&lt;b&gt;"' in html
    assert 'value="1,2x"' in html
    assert 'value="31 2 2026"' in html
    assert ">Late start</textarea>" in html
    assert re.search(r'type="radio" value="b"\s+checked', html)
    assert re.search(r'type="checkbox" value="1"\s+checked', html)
    assert re.search(r'<option value="y"\s+selected', html)
    assert "open sesame" not in html


@pytest.mark.parametrize("typed", ["31 3 2026", "31/03/2026", "31 March 2026", "2026-03-31"])
def test_a_day_may_be_typed_in_many_ways(typed: str) -> None:
    assert str(DayField().clean(typed)) == "2026-03-31"


def test_a_status_has_its_colour_and_its_words() -> None:
    assert "govuk-tag--purple" in component("status_tag", '{{ status_tag("with_certifier") }}')
    assert "With certifier" in component("status_tag", '{{ status_tag("with_certifier") }}')
    assert "3 days late" in component("status_tag", '{{ status_tag("late", "3 days late") }}')


def test_a_missing_figure_is_said_in_words() -> None:
    call = '{{ data_table("Spend", ["Who", "Spent"], rows, numeric=[1]) }}'
    html = component("data_table", call, rows=[["Bath <&>", None]])
    assert '<th scope="row" class="govuk-table__header">Bath &lt;&amp;&gt;</th>' in html
    assert "not returned" in html
    assert '<td class="govuk-table__cell govuk-table__cell--numeric" data-label="Spent">' in html


def test_a_refused_amount_keeps_its_text_and_says_why_beside_it() -> None:
    call = '{{ money_cell_input("a", "id_a", "Bath, 2026/27", "1x", "Enter an amount", row=1, col=2) }}'
    html = component("money_cell_input", call)
    assert 'value="1x"' in html
    assert 'data-row="1" data-col="2"' in html
    assert 'aria-describedby="id_a-error"' in html
    assert 'for="id_a">Bath, 2026/27, in pounds' in html


def test_a_query_string_changes_and_drops_values() -> None:
    request = RequestFactory().get("/?page=3&sort=name&q=a%26b")
    assert querystring(request, sort="-name", page=None) == "?sort=-name&q=a%26b"


class Awards(tables.Table):
    name = tables.Column(footer="Total")
    amount = tables.Column(attrs={"cell": {"class": "numeric"}}, default="not returned", footer="£3")
    note = tables.Column(orderable=False)

    class Meta:
        attrs = {"caption": "Awards"}
        empty_text = "No award is recorded."


def awards(count: int, query: str = "") -> str:
    request = RequestFactory().get("/" + query)
    table = Awards([{"name": f"<{n}>", "amount": n or None, "note": ""} for n in range(count)])
    tables.RequestConfig(request, paginate={"per_page": 10}).configure(table)
    return " ".join(render_table(table, request).split())


def test_a_table_says_how_it_is_sorted_and_links_to_the_other_way() -> None:
    html = awards(12, "?sort=-amount&page=2&q=x")
    assert 'aria-sort="descending"><a class="sort-link" href="?sort=amount&amp;q=x">Amount' in html
    assert 'aria-sort="none"><a class="sort-link" href="?sort=name&amp;q=x">Name' in html
    assert '<th scope="col" class="govuk-table__header">Note</th>' in html.replace(' ">', '">')
    assert 'href="?sort=-amount&amp;page=1&amp;q=x"' in html


def test_a_table_escapes_cells_aligns_figures_and_ends_with_totals() -> None:
    html = awards(1)
    assert "&lt;0&gt;" in html
    assert '<td class="govuk-table__cell numeric" data-label="Amount"><span>not returned</span></td>' in html
    assert '<td class="govuk-table__cell numeric" data-label="Amount"><span>£3</span></td>' in html
    assert "govuk-pagination" not in html


def test_an_empty_table_says_so() -> None:
    assert "No award is recorded." in awards(0)
