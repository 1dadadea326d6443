"""Make the sample season: fourteen invented cooperatives in northern Peru, their landscape, deliveries and papers.

`python sample_plots/make.py` writes everything beside itself; with `--check` it makes everything in a temporary folder
and compares it with the committed files. No clock, no network: one seed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from season import compare, make  # noqa: E402  (the folder must be on the path first)


def main() -> int:
    """Write or check; 0 when the files are there and as they should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files, change nothing")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write into")
    chosen = parser.parse_args()
    if not chosen.check:
        make.everything(chosen.out)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        make.everything(Path(folder))
        differences = compare.folders(HERE, Path(folder))
    sys.stdout.write("\n".join(differences) + "\n" if differences else "every file is as the script makes it\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
