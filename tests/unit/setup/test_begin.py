"""A new harvest of a commodity with rules of its own."""

from pathlib import Path

import pytest

from eudr_check.config import load
from eudr_check.setup import begin
from eudr_check.setup.questions import Answers
from tests.helpers.plot_files import geojson, point


@pytest.mark.parametrize(
    ("commodity", "policy"), [("cattle", "cattle@1"), ("wood", "wood@1"), ("coffee", "convergence@1")]
)
def test_a_new_harvest_has_the_policy_and_templates_of_its_commodity(
    tmp_path: Path, commodity: str, policy: str
) -> None:
    """Cattle bring an empty table of animals, and a column for groups in that of deliveries; nothing else does."""
    geojson(tmp_path, point("A", area_ha=2))
    answers = Answers(commodity, "PE", "", "", "", "", "", "")
    begun = begin.begin(tmp_path, begin.seen(tmp_path), answers, "es")
    templates = {path.name for path in (tmp_path / "templates").iterdir()}
    deliveries = (tmp_path / "templates" / "deliveries.csv").read_text(encoding="utf-8-sig").strip().split(";")

    assert load(begun.config).policy == policy
    assert ("animals.csv" in templates, "grupo" in deliveries) == (
        (True, True) if commodity == "cattle" else (False,) * 2
    )


@pytest.mark.parametrize(("operator_country", "entry"), [("NL", "NL"), ("PE", "________")])
def test_the_country_of_entry_is_guessed_only_within_the_union(
    tmp_path: Path, operator_country: str, entry: str
) -> None:
    """An operator outside the Union says nothing of where the product enters it."""
    geojson(tmp_path, point("A", area_ha=2))
    answers = Answers("coffee", "PE", "", "", "Ana Ejemplo", operator_country, "", "")
    begun = begin.begin(tmp_path, begin.seen(tmp_path), answers, "es")

    assert f"# border_country: {entry}\n" in begun.config.read_text(encoding="utf-8")


def test_a_file_that_names_no_plots_says_how_to_name_its_column(tmp_path: Path) -> None:
    """A register of members whose codes repeat: the line for the column is in the YAML, not in a list of later."""
    rows = "".join(f"S-{row // 2:03d},{-76.1 - row / 100},-6.04,1.5\n" for row in range(6))
    (tmp_path / "padron.csv").write_text(f"CÓDIGO SOCIO,LONGITUD,LATITUD,HECTÁREAS\n{rows}", encoding="utf-8")
    begun = begin.begin(tmp_path, begin.seen(tmp_path), Answers("coffee", "PE", "", "", "", "", "", ""), "es")
    words = " ".join(line.strip("# ") for line in begun.config.read_text(encoding="utf-8").splitlines())

    assert "las columnas son: CÓDIGO SOCIO, LONGITUD" in words and "plot_id: 'ENCABEZADO'" in words


def test_files_that_are_not_taken_stand_with_the_plots(tmp_path: Path) -> None:
    """Below `cooperatives:` they would read as one of its lines."""
    geojson(tmp_path, point("A", area_ha=2))
    (tmp_path / "precios.csv").write_text("producto,precio\ncafe,3\n", encoding="utf-8")
    begun = begin.begin(tmp_path, begin.seen(tmp_path), Answers("coffee", "PE", "", "", "", "", "", ""), "es")
    text = begun.config.read_text(encoding="utf-8")

    assert 0 < text.index("  # No se tomó: precios.csv") < text.index("cooperatives:")
