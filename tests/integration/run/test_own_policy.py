"""A policy of the operator's own: its package verifies, and another policy under its name is found."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from eudr_check import config, risk
from eudr_check.package.verify import verify
from eudr_check.run.harvest import run
from eudr_check.run.recompute import STAGES
from tests.helpers.finished_tiny import begun_tiny


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Package of the tiny harvest under convergence@1 with another name and one figure of its own; to be read only."""
    folder = tmp_path_factory.mktemp("own") / "tiny"
    tiny = begun_tiny(tmp_path_factory, folder)
    policy = risk.policy("convergence@1").model_dump(mode="json")
    adjoining = {**policy["adjoining"], "value": 5.0, "reason": "Our GPS has an error of 2.5 m."}
    own = {**policy, "name": "ours", "adjoining": adjoining}
    (folder / "ours.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    path = str(folder / "ours.yaml")
    tiny.config.write_text(yaml.safe_dump({**content, "policy": path}), encoding="utf-8")
    made = run(config.load(tiny.config), offline=True)
    assert made.package is not None
    return made.package


def test_own_policy_verifies(package: Path) -> None:
    """Its name carries a digest of its content in settings, tables and pages, and policy.json has the content."""
    assert json.loads((package / "settings.json").read_text(encoding="utf-8"))["policy"].startswith("ours@1+sha256:")
    assert verify(package, stages=STAGES) == []


def test_other_policy_under_its_name_is_found(package: Path, tmp_path: Path) -> None:
    """Name and version stay, the content is another: the digest tells."""
    other = Path(shutil.copytree(package, tmp_path / "package"))
    path = other / "policy.json"
    policy = json.loads(path.read_text(encoding="utf-8"))
    policy["adjoining"]["value"] = 50.0
    path.write_text(json.dumps(policy, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    found = verify(other, stages=STAGES)

    assert ("policy.json", "policy") in {(one.file, one.code) for one in found}
