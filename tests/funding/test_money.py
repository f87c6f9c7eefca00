"""Pounds and pennies: nothing is lost, nothing doubtful is taken."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding import money

TAKEN = {
    "£1,234.50": "1234.50",
    "1234.5": "1234.50",
    "1234": "1234.00",
    "0": "0.00",
    "£0.00": "0.00",
    " 12.34 ": "12.34",
    "£ 12": "12.00",
    "1,000,000": "1000000.00",
    "9,999,999,999.99": "9999999999.99",
    "007": "7.00",
    "0.1": "0.10",
}
REFUSED = [
    "", " ", "£", "-", "-1", "-0", "−5", "+5", "(5)", "(1,000.00)", "1.005", "1.", ".5", "1..2", "1.2.3",
    "1,00", "1,0000", "1 000", "12,34.00", "10,000,00", ",100", "100,", "1.000,50", "1'000",
    "NaN", "nan", "sNaN", "inf", "Infinity", "-inf", "1e9", "1E+9", "0x10", "1_000", "0E+999999999",
    "１２３", "١٢٣", "૧૨", "1２", "½", "Ⅷ", "²", "1\u00a0000", "1\u200b0", "£\u2009" + "5\u2009x",
    "=1+1", "=SUM(A1)", "@1", "'5", '"5"', "5%", "5p", "5 pounds", "GBP 5", "5 GBP", "$5", "€5", "££5", "£5£",
    "5\n6", "5\t6", "5;6", "5/6", "5-6", "5*6", "one", "n/a", "N/A", "tbc", "-", "--", "null", "None", "True",
    "10000000000.00", "99999999999", "9" * 400, "1" + ",000" * 200, "\x00", "5\x00", "5\x07", "\ufeff5", "5\u202e",
    "<b>5</b>", "5;DROP TABLE", "%35", "&#53;", "5,", "1,,000", "£1,234.5.0", "1.234.567", "12 34",
]  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), TAKEN.items())
def test_an_amount_is_read_to_the_penny(text: str, amount: str) -> None:
    assert money.parse(text) == Decimal(amount)
    assert str(money.parse(text)) == amount


@pytest.mark.parametrize("text", REFUSED)
def test_a_doubtful_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(Enter|Check) .{10,}"):
        money.parse(text)


def test_the_form_of_the_amounts_that_are_refused_is_wide_enough() -> None:
    assert len(set(REFUSED)) >= 85


@given(st.decimals(min_value=0, max_value=money.MAXIMUM, places=2))
def test_what_is_shown_can_be_typed_again(amount: Decimal) -> None:
    assert money.parse(money.pounds(amount)) == amount
    assert money.parse(money.plain(amount)) == amount


amounts = st.integers(min_value=0, max_value=10**12 - 1).map(lambda pence: Decimal(pence) / 100)


@given(amounts, st.integers(min_value=1, max_value=12))
def test_equal_weights_differ_by_a_penny_at_most(amount: Decimal, count: int) -> None:
    parts = money.split(amount, [Decimal(1)] * count)
    assert max(parts) - min(parts) <= money.PENNY
    assert parts == sorted(parts, reverse=True)


@pytest.mark.parametrize(
    ("amount", "shares"),
    [("1.00", []), ("1.00", ["0"]), ("1.00", ["1", "-1"]), ("-1.00", ["1"]), ("1.001", ["1"])],
)
def test_a_split_without_sense_is_refused(amount: str, shares: list[str]) -> None:
    with pytest.raises(ValueError, match="A split needs"):
        money.split(Decimal(amount), [Decimal(share) for share in shares])


def test_rounding_is_half_up_as_in_postgresql(db: None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for text in ("2.665", "2.675", "0.005", "1.0049", "-2.665"):
            cursor.execute("SELECT round(%s::numeric, 2)", [text])
            assert money.rounded(Decimal(text)) == cursor.fetchone()[0]


def test_amounts_read_as_people_write_them() -> None:
    assert money.pounds(Decimal("-1234.5")) == "−£1,234.50"
    assert money.whole_pounds(Decimal("1234.50")) == "£1,235"
    assert money.change(Decimal("10")) == "+£10.00"
    assert money.percentage(Decimal("114884"), Decimal("1160000")) == "9.9%"
    assert money.percentage(Decimal(1), Decimal(0)) == ""
    assert money.percentage(Decimal("-30"), Decimal(1000)) == "−3.0%"
    with pytest.raises(ValueError, match="a number"):
        money.pounds(Decimal("NaN"))


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        ("0", "1400000", "0.0%"),
        ("1400000", "1400000", "100.0%"),
        ("1399999.99", "1400000", "over 99.9%"),
        ("999.49", "1000", "99.9%"),
        ("999.50", "1000", "over 99.9%"),
        ("1000.01", "1000", "over 100%"),
        ("1001", "1000", "100.1%"),
        ("0.01", "1400000", "under 0.1%"),
        ("0.49", "1000", "under 0.1%"),
        ("0.50", "1000", "0.1%"),
        ("-0.01", "1000", "over −0.1%"),
    ],
)
def test_nearly_all_is_not_all_and_nearly_none_is_not_none(part: str, whole: str, text: str) -> None:
    assert money.percentage(Decimal(part), Decimal(whole)) == text


@given(amounts, amounts.filter(bool))
def test_only_all_is_100_and_only_none_is_0(part: Decimal, whole: Decimal) -> None:
    said = money.percentage(part, whole)

    assert (said == "100.0%") == (part == whole)
    assert (said == "0.0%") == (not part)
