"""The package of the six plots, line by line as people and machines read it.

After a change that is meant: `python -m tests.golden.package.test_golden` writes the files anew; read the difference.
"""

import base64
import json
import re
import tempfile
from pathlib import Path

import pandas as pd

from eudr_check import __version__, package
from tests.helpers import package_tables as six

HERE = Path(__file__).parent
SHOWN = (
    f"{six.FOLDER}/plots.geojson",
    f"{six.FOLDER}/plots_index.csv",
    f"{six.FOLDER}/dds.json",
    "excluded.csv",
    "geojson_changes.csv",
    "summary.json",
    "settings.json",
    "README.es.txt",
)


def dump() -> dict[str, str]:
    """Name to text of every golden file."""
    legality = pd.DataFrame(
        [{"topic": "labour_rights", "document": "a.pdf", "valid_until": "2027-12-31", "sha256": "ab" * 32}]
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        package.write(folder, package.PackageInput(**six.package(legality=legality)))
        texts = {name.removeprefix(f"{six.FOLDER}/"): (folder / name).read_text(encoding="utf-8") for name in SHOWN}
        xml = (six.statement(folder) / "dds.xml").read_text(encoding="utf-8")
        manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    texts["dds.xml"] = re.sub(r"(?<=geometryGeojson>)[^<]+", lambda sent: base64.b64decode(sent[0]).decode(), xml)
    texts = {
        name: text.replace(f'"software": "{__version__}"', '"software": "VERSION"') for name, text in texts.items()
    }
    texts["files.txt"] = "\n".join(sorted(manifest["files"])) + "\n"
    return texts


def test_package_reads_as_it_did() -> None:
    """Every change of a name, number or order is seen and meant."""
    found = {path.name: path.read_text(encoding="utf-8") for path in HERE.glob("*.*") if path.suffix != ".py"}

    assert found == dump()


if __name__ == "__main__":
    for name, text in dump().items():
        (HERE / name).write_text(text, encoding="utf-8")
