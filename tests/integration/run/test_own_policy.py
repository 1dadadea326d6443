"""A policy of the operator's own: its package verifies, and another policy under its name is found."""

import json
from pathlib import Path

import yaml

from eudr_check import config, risk
from eudr_check.package.verify import verify
from eudr_check.run.harvest import run
from eudr_check.run.recompute import STAGES
from tests.helpers import tiny_harvest


def with_own_policy(folder: Path) -> Path:
    """Package of the tiny harvest under convergence@1 with another name and one figure of its own."""
    tiny = tiny_harvest.write(folder)
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


def test_own_policy_verifies(tmp_path: Path) -> None:
    """Its name carries a digest of its content in settings, tables and pages, and policy.json has the content."""
    package = with_own_policy(tmp_path)

    assert json.loads((package / "settings.json").read_text(encoding="utf-8"))["policy"].startswith("ours@1+sha256:")
    assert verify(package, stages=STAGES) == []


def test_other_policy_under_its_name_is_found(tmp_path: Path) -> None:
    """Name and version stay, the content is another: the digest tells."""
    package = with_own_policy(tmp_path)
    path = package / "policy.json"
    policy = json.loads(path.read_text(encoding="utf-8"))
    policy["adjoining"]["value"] = 50.0
    path.write_text(json.dumps(policy, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    found = verify(package, stages=STAGES)

    assert ("policy.json", "policy") in {(one.file, one.code) for one in found}
