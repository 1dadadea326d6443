"""The edition without names calls neither groups of animals nor establishments by name."""

from eudr_check import tables
from eudr_check.package import PackageInput
from eudr_check.package.codes import Codes, edition
from tests.helpers import package_tables as six


def test_groups_of_animals_have_codes_everywhere() -> None:
    """Groups may be called after people, and so may farms that no plot file has: every table shows codes."""
    stays = tables.typed(
        tables.STAYS,
        [
            {"source_row": 1, "source_place": "Rosa!2", "group": "Ana", "plot": "norte/001", "role": "birth"},
            {"source_row": 2, "source_place": "Rosa!3", "group": "Ana", "plot": "norte/Berta", "role": "slaughter"},
        ],
    )
    animals = six.animals(("Ana", "undetermined", ["norte/001", "norte/Berta"]))
    animals["reasons"] = "establishment_unknown: norte/Berta"
    deliveries = six.deliveries(("L1", "norte/001", 100), ("L1", "norte/001", 50)).assign(group=["Ana", "Carla"])
    lots = six.lots(("L1", 150, "refused", ["norte/001", "norte/Berta"]))
    lots["reasons"] = "animals_not_settled: Ana; animals_unknown: Carla"
    given = PackageInput(
        **six.package(plots=six.plots(commodity="cattle"), deliveries=deliveries, lots=lots),
        stays=stays,
        animals=animals,
    )
    codes = Codes.of(given)
    shown = edition(given, codes)

    named = " ".join(
        frame.to_csv() for frame in (shown.stays, shown.animals, shown.deliveries, shown.lots) if frame is not None
    )
    assert not [name for name in ("Ana", "Berta", "Carla", "Rosa") if name in named]
    assert shown.animals["reasons"].tolist() == [f"establishment_unknown: {codes.plots['norte/Berta']}"]
    assert (
        shown.lots["reasons"].item()
        == f"animals_not_settled: {codes.groups['Ana']}; animals_unknown: {codes.groups['Carla']}"
    )
    assert set(shown.stays["group"]) == {codes.groups["Ana"]}
