"""Who files what, as a truth table that a lawyer can read row by row."""

import datetime as dt
import itertools

import pytest

from eudr_check.law import Case, Obligation, obligation
from eudr_check.text import topic

COFFEE, WOOD = "0901 11", "4407 11"
OLD, NEW = dt.date(2023, 6, 28), dt.date(2023, 6, 29)
BY_2024, AFTER_2024 = dt.date(2024, 12, 31), dt.date(2025, 1, 1)
BEFORE, GENERAL = dt.date(2026, 12, 29), dt.date(2026, 12, 30)
SPRING, SUMMER = dt.date(2027, 6, 29), dt.date(2027, 6, 30)
LATE = dt.date(2030, 1, 1)
SIZES = ("natural_person", "micro", "small", "medium", "large", None)
SMALL = ("natural_person", "micro", "small")
CLASSES = {"low": "GH", "standard": "PE", "high": "RU", None: "HK"}


def answer(**facts: object) -> Obligation:
    """The answer for an importer in the Netherlands of Peruvian coffee, changed as the test says."""
    usual: dict[str, object] = {"hs_code": COFFEE, "countries": ("PE",), "placed": SUMMER, "seat": "NL"}
    return obligation(Case(**usual | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "established", "code", "placed", "files"),
    [
        ("large", BY_2024, COFFEE, BEFORE, "nothing"),
        ("large", BY_2024, COFFEE, GENERAL, "statement"),
        ("medium", BY_2024, COFFEE, GENERAL, "statement"),
        ("small", BY_2024, COFFEE, GENERAL, "nothing"),
        ("micro", BY_2024, COFFEE, SPRING, "nothing"),
        ("natural_person", BY_2024, COFFEE, SPRING, "nothing"),
        ("micro", BY_2024, COFFEE, SUMMER, "statement"),
        ("micro", AFTER_2024, COFFEE, GENERAL, "statement"),
        ("micro", None, COFFEE, GENERAL, "statement"),
        (None, BY_2024, COFFEE, GENERAL, "statement"),
        ("small", BY_2024, WOOD, BEFORE, "nothing"),
        ("small", BY_2024, WOOD, GENERAL, "statement"),
        ("small", BY_2024, "2101 11 00", dt.date(2027, 12, 29), "nothing"),
        ("small", BY_2024, "2101 11 00", dt.date(2027, 12, 30), "statement"),
        ("large", BY_2024, "4902", LATE, "nothing"),
    ],
)
def test_the_duty_begins_on_the_day_of_article_38(
    size: str | None, established: dt.date | None, code: str, placed: dt.date, files: str
) -> None:
    """Small undertakings of 2024 get half a year, except for wood; an unknown size or founding day gets none."""
    assert answer(size=size, established=established, hs_code=code, placed=placed).files == files


@pytest.mark.parametrize(
    ("code", "made", "placed", "files", "reason"),
    [
        (COFFEE, OLD, SUMMER, "nothing", "made_before"),
        ("0102 29", OLD, SUMMER, "nothing", "made_before"),
        (COFFEE, NEW, SUMMER, "statement", "operator_files"),
        (COFFEE, None, SUMMER, "statement", "operator_files"),
        (WOOD, OLD, dt.date(2029, 12, 31), "nothing", "old_wood"),
        (WOOD, OLD, LATE, "statement", "old_wood_over"),
        (WOOD, NEW, SUMMER, "statement", "operator_files"),
    ],
)
def test_products_made_before_the_law_are_outside(
    code: str, made: dt.date | None, placed: dt.date, files: str, reason: str
) -> None:
    """What was made before 29 June 2023 is outside, wood only until the end of its transition; unknown helps nobody."""
    found = answer(hs_code=code, made_until=made, placed=placed, size="large")

    assert (found.files, reason in found.reasons) == (files, True)


@pytest.mark.parametrize(
    ("size", "seat", "countries", "files", "reason"),
    [
        ("micro", "GH", ("GH",), "simplified_declaration", "small_primary"),
        ("natural_person", "FR", ("FR",), "simplified_declaration", "small_primary"),
        ("small", "VN", ("VN",), "simplified_declaration", "small_primary"),
        ("medium", "GH", ("GH",), "statement", "primary_not_small"),
        (None, "GH", ("GH",), "statement", "primary_size_unknown"),
        ("micro", "PE", ("PE",), "statement", "primary_seat_not_low"),
        ("micro", "CI", ("CI",), "statement", "primary_seat_not_low"),
        ("micro", "HK", ("HK",), "statement", "primary_seat_not_low"),
        ("micro", None, ("GH",), "statement", "primary_seat_not_low"),
        ("micro", "GH", ("GH", "TG"), "statement", "primary_other_country"),
        ("micro", "FR", ("GH",), "statement", "primary_other_country"),
        ("micro", "GH", (), "statement", "primary_other_country"),
    ],
)
def test_only_small_producers_of_low_risk_countries_declare_simply(
    size: str | None, seat: str | None, countries: tuple[str, ...], files: str, reason: str
) -> None:
    """A simplified declaration needs a small size, a low-risk seat and own produce from there, each of them known."""
    found = answer(
        role="primary_producer", size=size, established=BY_2024, seat=seat, countries=countries, hs_code="1801"
    )

    assert (found.files, reason in found.reasons) == (files, True)


@pytest.mark.parametrize(
    ("countries", "concern", "record"),
    [
        (("GH",), False, "article_13"),
        (("GH", "VN"), False, "article_13"),
        (("GH",), True, "article_10"),
        (("GH", "CI"), False, "article_10"),
        (("GH", "HK"), False, "article_10"),
        (("RU",), False, "article_10"),
        ((), False, "article_10"),
    ],
)
def test_the_short_record_needs_low_risk_everywhere(countries: tuple[str, ...], concern: bool, record: str) -> None:
    """One country that is not low, or not classed, or a concern, brings the full record back."""
    assert answer(countries=countries, concern=concern, hs_code="1801").record == record


def test_a_seller_outside_the_union_leaves_the_filing_to_the_first_person_in_it() -> None:
    """A Peruvian exporter does not file, and its own size gives the buyer no later date."""
    found = answer(seat="PE", size="micro", established=BY_2024, placed=GENERAL)

    assert (found.files, found.filer) == ("statement", "first_union_person")


@pytest.mark.parametrize("role", ["trader", "downstream_operator"])
def test_those_downstream_file_nothing(role: str) -> None:
    """Downstream operators and traders keep references instead of filing."""
    assert (answer(role=role).files, answer(role=role).reasons) == ("nothing", ("downstream",))


def test_every_case_of_the_table_is_as_the_rules_say() -> None:
    """Size, founding, class, product, making and day in all combinations against the rules written out once more."""
    every = itertools.product(
        SIZES, (BY_2024, AFTER_2024, None), CLASSES, (COFFEE, WOOD), (OLD, NEW), (BEFORE, GENERAL, SUMMER, LATE)
    )
    wrong = []
    for size, established, kind, code, made, placed in every:
        later = size in SMALL and established == BY_2024 and code == COFFEE
        due = placed >= (SUMMER if later else GENERAL)
        outside = made == OLD and not (code == WOOD and placed == LATE)
        for role, simple in (("operator", False), ("primary_producer", size in SMALL and kind == "low")):
            found = answer(
                size=size,
                established=established,
                countries=(CLASSES[kind],),
                # An operator sits in the Union; a producer where the product grows.
                seat="NL" if role == "operator" else CLASSES[kind],
                role=role,
                hs_code=code,
                made_until=made,
                placed=placed,
            )
            # A producer abroad who may not declare simply leaves the filing, and the date, to a buyer not known here.
            begun = due if role == "operator" or simple else placed >= GENERAL
            files = "nothing" if outside or not begun else "simplified_declaration" if simple else "statement"
            record = None if files == "nothing" else "article_13" if kind == "low" else "article_10"
            if (found.files, found.record) != (files, record):
                wrong.append((size, established, kind, code, made, placed, role, found))

    assert not wrong


def test_what_is_unknown_is_named_and_never_helps() -> None:
    """Leaving a fact out never moves the duty later, nor makes the record shorter."""
    known = {"size": "micro", "established": BY_2024, "countries": ("GH",), "seat": "GH", "role": "primary_producer"}
    for name, nothing in (("size", None), ("established", None), ("countries", ()), ("seat", None)):
        less = answer(**known | {name: nothing, "hs_code": "1801", "placed": LATE})
        full = answer(**known | {"hs_code": "1801", "placed": LATE})

        assert less.applies_from is not None
        assert full.applies_from is not None
        assert less.applies_from <= full.applies_from
        assert less != full


def test_every_code_has_words() -> None:
    """No reason or open point of any case is without its sentence."""
    cases = itertools.product(
        SIZES,
        (BY_2024, AFTER_2024, None),
        ("operator", "primary_producer", "trader"),
        (None, "NL", "GH", "PE"),
        (COFFEE, WOOD, "2101", "21011100", "9999"),
        (OLD, NEW),
        (BEFORE, SUMMER, LATE),
        (("GH",), ("PE",)),
    )
    codes = set()
    for size, established, role, seat, code, made, placed, countries in cases:
        found = answer(
            size=size, established=established, role=role, seat=seat, hs_code=code, made_until=made, placed=placed,
            countries=countries,
        )  # fmt: skip
        codes |= {*found.reasons, *found.open_points}
        codes |= {f"files_{found.files}", f"filer_{found.filer or 'none'}", f"record_{found.record or 'none'}"}

    # What statements add, which have no day of placing.
    codes |= {"record_full_concern", "placed_taken"}
    assert codes == set(topic("law"))
