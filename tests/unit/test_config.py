"""A harvest YAML is checked before any work starts, and each message names file, key and remedy."""

from pathlib import Path

import pytest
import yaml

from eudr_check import object_store
from eudr_check.config import load
from eudr_check.errors import ConfigError

GOOD = {
    "harvest": "pe-2026",
    "commodity": "coffee",
    "operator": {"name": "Ejemplo BV", "country": "NL"},
    "product": {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 10},
    "plots": [{"path": "../plots/a.geojson", "cooperative": "coop-01", "columns": {"plot_id": "codigo"}}],
    "catalogues": {"local": {"folder": "catalogue"}},
    "layers": [{"id": "jrc_gfc2020@V4", "from": "local"}],
    "production": {"from": "2026-03-01", "to": "2026-09-30"},
}


def written(folder: Path, **changes: object) -> Path:
    """A harvest YAML with some keys changed (None removes one)."""
    content = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    path = folder / "configs" / "pe-2026.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content))
    return path


def test_paths_are_relative_to_the_yaml(tmp_path: Path):
    """Whoever runs the command from elsewhere finds the same files."""
    harvest = load(written(tmp_path))

    assert harvest.plots[0].path == tmp_path / "configs" / "../plots/a.geojson"
    assert harvest.plots[0].declared == "../plots/a.geojson"
    assert harvest.run.folder == tmp_path / "runs" / "pe-2026"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"polcy": "convergence@1"}, "polcy: unknown key; did you mean 'policy'?"),
        ({"plots": [{"path": "a", "coperative": "c"}]}, "did you mean 'cooperative'?"),
        ({"catalogues": {"local": {"foldr": "x"}}}, "did you mean 'folder'?"),
        ({"catalogues": {"local": {"folder": "x", "url": "y"}}}, "exactly one of url, folder, tiles"),
        ({"layers": [{"id": "jrc_gfc2020@V4", "from": "elsewhere"}]}, "no catalogue 'elsewhere' (known: local)"),
        ({"production": {"from": "2026-09-30", "to": "2026-03-01"}}, "'to' lies before 'from'"),
        ({"commodity": "tea"}, "commodity"),
        ({"plots": []}, "plots"),
        ({"operator": None}, "a statement needs 'operator'"),
        ({"harvest": "../escape"}, "harvest"),
        ({"deliveries": "https://example.org/d.csv"}, "deliveries: 'https://' is no object store (known: s3://"),
        ({"run": {"folder": "s3://key:word@coops/run"}}, "run.folder: an address is s3://BUCKET/KEY"),
        ({"register": "s3://coops/register.gpkg"}, "register: s3://coops/register.gpkg: is written in place"),
    ],
)
def test_every_mistake_is_named(tmp_path: Path, changes: dict[str, object], words: str):
    """The message holds the file, the key and what to do."""
    path = written(tmp_path, **changes)

    with pytest.raises(ConfigError) as caught:
        load(path)

    assert words in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("content", "words"), [("- a\n", "top level"), ("a: [", "not valid YAML")])
def test_a_file_that_is_no_harvest_is_refused(tmp_path: Path, content: str, words: str):
    """A list or broken YAML is told from a harvest."""
    path = tmp_path / "x.yaml"
    path.write_text(content)

    with pytest.raises(ConfigError, match=words):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path):
    """The remedy is the path of a YAML."""
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "none.yaml")


def test_addresses_stand_for_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An address becomes its stand-in wherever a path may stand; nothing is fetched to read the settings."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    there = "s3://coops/2026"

    harvest = load(
        written(
            tmp_path,
            plots=[{"path": f"{there}/a.geojson", "cooperative": "coop-01"}],
            catalogues={"local": {"folder": f"{there}/catalogue"}},
            deliveries=f"{there}/deliveries.csv",
            policy=f"{there}/policy.yaml",
            areas={"protected": f"{there}/parks.gpkg"},
            run={"folder": f"{there}/run", "executor": "dask", "scheduler": "tcp://127.0.0.1:8786"},
        )
    )

    assert harvest.plots[0].declared == f"{there}/a.geojson"
    for path, name in {
        harvest.plots[0].path: "a.geojson",
        harvest.catalogues["local"].folder: "catalogue",
        harvest.deliveries: "deliveries.csv",
        Path(harvest.policy): "policy.yaml",
        harvest.areas["protected"]: "parks.gpkg",
        harvest.run.folder: "run",
    }.items():
        assert path is not None
        assert object_store.origin(path) == f"{there}/{name}"


def test_a_yaml_in_a_bucket_finds_its_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Relative paths are relative to the YAML there too; the run folder lies beside its folder, in the same bucket."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = object_store.mirrored("s3://coops/configs/pe-2026.yaml")
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(GOOD))
    top = object_store.mirrored("s3://coops/pe-2026.yaml")
    top.write_text(yaml.safe_dump({**GOOD, "plots": [{"path": "a.geojson", "cooperative": "coop-01"}]}))

    harvest = load(path)

    assert object_store.origin(harvest.plots[0].path) == "s3://coops/plots/a.geojson"
    assert object_store.origin(harvest.run.folder or Path()) == "s3://coops/runs/pe-2026"
    with pytest.raises(ConfigError, match="leads out of the bucket of s3://coops"):
        load(top)


def test_nesting_beyond_any_yaml_is_named(tmp_path: Path):
    """A YAML nested 3,000 deep is refused by name, not by a traceback of its parser."""
    path = tmp_path / "deep.yaml"
    path.write_text("harvest: " + "[" * 3000 + "]" * 3000)
    with pytest.raises(ConfigError, match=r"deep\.yaml"):
        load(path)


@pytest.mark.parametrize(("missing", "count"), [(("operator",), 1), (("operator", "production"), 2)])
def test_what_is_missing_between_keys_is_said_once(tmp_path: Path, missing: tuple[str, ...], count: int) -> None:
    """A statement without operator and production lacks two things, not three, and no line of the list is empty."""
    path = written(tmp_path, package={"outputs": ["statement"]}, **dict.fromkeys(missing))
    with pytest.raises(ConfigError) as caught:
        load(path)
    said = caught.value.args[0].in_language("es")

    assert said.count("una declaración necesita") == count
    assert all(f"'{name}'" in said for name in missing)
    assert ("hay 2 cosas" in said) == (count == 2)
    assert "YAML: \n" not in said
