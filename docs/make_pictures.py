"""Make the pictures of README and docs from the sample season: `make pictures` (needs Chromium, QGIS and pdftoppm)."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
LOOK = DOCS.parent / "tests" / "integration" / "look"
sys.path.insert(0, str(LOOK))

from browser import Browser  # noqa: E402

from eudr_check import config  # noqa: E402
from eudr_check.run.harvest import run  # noqa: E402

HARVEST = DOCS.parent / "configs" / "pe-coffee-2026.yaml"
SETTLE = "new Promise(done => setTimeout(() => done(1), 300))"


def package() -> Path:
    """Package folder of the sample season, made or found."""
    harvest = config.load(HARVEST)
    run(harvest, offline=True)
    assert harvest.run.folder is not None
    return harvest.run.folder / "package"


def of_report(page: Path) -> None:
    """The page, one plot, and a telephone."""
    with tempfile.TemporaryDirectory() as profile, Browser(Path(profile), width=1280, height=1560) as browser:
        browser.open(page)
        # One cooperative near enough to see its plots.
        browser.run(
            "(() => { const c = P.cooperative[rows[0]], b = [180, 90, -180, -90];"
            " for (const i of rows) if (P.usable[i] && P.cooperative[i] === c)"
            " for (let s = 0; s < 4; s++) b[s] = (s < 2 ? Math.min : Math.max)(b[s],"
            " PLOT.box[4 * i + s]); fit(b); view.k *= 1.6; draw(); })()"
        )
        browser.run(SETTLE)
        small(browser.picture(IMAGES / "report.png"))
        browser.resize(1280, 1000)
        browser.run("open(rows[0])")
        browser.run(SETTLE)
        small(browser.picture(IMAGES / "plot.png"))
        browser.run("$('detail').close()")
        browser.resize(390, 844, phone=True)
        browser.run("scrollTo(0, document.querySelector('.map').offsetTop - 10)")
        browser.run("whole(); draw()")
        browser.run(SETTLE)
        small(browser.picture(IMAGES / "phone.png"), 585)


def of_looks(page: Path) -> None:
    """Dated pictures of the first plot on whose ground a layer saw loss, before and after under the slider."""
    found = "rows.find(i => D.looks[i]?.every(look => look.chips && look.rings.loss.length))"
    with tempfile.TemporaryDirectory() as profile, Browser(Path(profile), width=1280, height=1560) as browser:
        browser.open(page)
        browser.run(f"open({found})")
        browser.run("document.querySelector('.looks').scrollIntoView()")
        browser.run(SETTLE)
        box = browser.run("(({x, y, width, height}) => [x, y, width, height])"
                          "(document.querySelector('.looks').getBoundingClientRect())")  # fmt: skip
        left, top, width, height = box
        shot = Image.open(browser.picture(IMAGES / "looks.png")).convert("RGB")
        shot.crop((int(left), int(top), int(left + width), int(top + min(height, 1205)))).save(IMAGES / "looks.png")
    small(IMAGES / "looks.png", 820)


def of_project(project: Path) -> None:
    """The print layout around three plots that need attention, as QGIS draws it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["/usr/bin/python3", LOOK / "qgis_look.py", project.resolve(), folder],
            env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": folder, "HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        Image.open(Path(folder) / "near.png").convert("RGB").save(IMAGES / "map.png")
    small(IMAGES / "map.png", 1400)


def of_plan(paper: Path) -> None:
    """Both pages of a plan side by side."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "80", "-png", paper, Path(folder) / "page"], check=True)
        pages = [Image.open(path) for path in sorted(Path(folder).glob("page-*.png"))]
        sheet = Image.new("RGB", (sum(page.width for page in pages) + 12, pages[0].height), "#c9ccd2")
        sheet.paste(pages[0], (0, 0))
        sheet.paste(pages[1], (pages[0].width + 12, 0))
        sheet.save(IMAGES / "plan.png")
    small(IMAGES / "plan.png")


def small(path: Path, width: int = 1280) -> None:
    """A picture no wider than a page needs."""
    picture = Image.open(path).convert("RGB")
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    made = package()
    of_report(made / "report.html")
    of_looks(made / "report.html")
    of_project(next(made.glob("*.qgz")))
    of_plan(sorted((made / "action_plan").glob("*.pdf"))[0])
