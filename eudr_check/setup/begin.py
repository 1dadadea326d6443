"""`eudr-check init`: from a folder of files to a harvest that runs."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from eudr_check.documents import headers
from eudr_check.errors import ConfigError
from eudr_check.layers import packs
from eudr_check.setup import harvest_file
from eudr_check.setup.harvest_file import Plan
from eudr_check.setup.look import Found, layers_of, look, register
from eudr_check.setup.questions import Answers
from eudr_check.text import say, sentence


@dataclass(frozen=True)
class Begun:
    """What was written, and what the person has to know of it."""

    config: Path
    written: tuple[Path, ...]
    refused: dict[str, str]
    """Rasters that are of no known layer, and why."""


def seen(folder: Path) -> Found:
    """What lies in the folder.

    Raises:
        ConfigError: it is no folder, has no plots, or already has a harvest.
    """
    if not folder.is_dir():
        raise ConfigError(sentence("init", "no_folder", folder=str(folder)))
    begun = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and _is_harvest(path))
    if begun:
        raise ConfigError(sentence("init", "begun", file=str(begun[0])))
    found = look(folder)
    if not found.files:
        raise ConfigError(sentence("init", "no_plots", folder=str(folder), left=", ".join(found.left) or "-"))
    return found


def begin(folder: Path, found: Found, answers: Answers, language: str) -> Begun:
    """Write the YAML, templates and a Makefile; nothing that is there is changed."""
    refused: dict[str, str] = {}
    if found.catalogue is not None:
        layers = layers_of(found.catalogue)
    else:
        layers, refused = register(found.rasters, folder / "catalogue")
    plan = Plan(
        name=harvest_file.name_of(answers, dt.date.today()),
        language=language,
        answers=answers,
        files=found.files,
        findings=found.findings,
        left=found.left,
        catalogue="catalogue" if layers else None,
        layers=layers or packs.pack(answers.country).ids,
        areas=packs.pack(answers.country).areas,
    )
    config = folder / f"{plan.name}.yaml"
    files = {config: harvest_file.written(plan)}
    cattle = answers.commodity == "cattle"
    for name in headers.documents():
        if cattle or name != "animals":
            files[folder / "templates" / f"{name}.csv"] = headers.template(name, language, cattle=cattle)
    if not (folder / "Makefile").exists():
        words = say("init", "makefile", language)
        files[folder / "Makefile"] = (
            f"# {words}\n{plan.name}:\n\t@eudr-check run {plan.name}.yaml || [ $$? -eq 3 ]\n.PHONY: {plan.name}\n"
        )
    written = [path for path in files if not path.exists()]
    for path in written:
        path.parent.mkdir(exist_ok=True)
        # Excel reads accents of a CSV only behind a byte-order mark.
        path.write_text(files[path], encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8")
    return Begun(config, tuple(written), refused)


def _is_harvest(path: Path) -> bool:
    return any(line.startswith("harvest:") for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
