"""Two reviewers are two people, whatever they write their names in."""

import pytest

from eudr_check.documents.persons import are_two


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("አበበች ጎበና", "Abebech Gobena"),
        ("አበበች ጎበና", "አበበች  ጎበና።"),
        ("ኃይሉ ሥዩም", "ሀይሉ ስዩም"),
        ("ዓለሙ ፀጋዬ", "አለሙ ጸጋዬ"),
        ("Nguyễn Văn An", "Nguyen Van An"),
        ("Siti Rahma", "tidak ada"),
        ("Siti Rahma", "không"),
        ("Asha Juma", "hakuna"),
        ("አበበች ጎበና", "የለም"),
    ],
)
def test_one_person_is_not_two(one: str, other: str) -> None:
    """In two scripts nobody can tell; letters of Amharic that sound alike are written for one another."""
    assert not are_two(one, other)
    assert not are_two(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("አበበች ጎበና", "ከበደ ሚካኤል"), ("Nguyễn Văn An", "Trần Thị Bình"), ("Asha Juma", "Neema Juma")]
)
def test_two_people_are_two(one: str, other: str) -> None:
    """In one script they are told apart as ever."""
    assert are_two(one, other)
