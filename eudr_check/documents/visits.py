"""The action plan as it comes back: workbooks and GeoPackages of `action_plan/` read as decisions."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from eudr_check.documents import workbook
from eudr_check.documents.review import COLUMNS, coded
from eudr_check.documents.reviews import EXPLAINS, NO_REVIEW
from eudr_check.errors import ConfigError
from eudr_check.names import spelled
from eudr_check.text import Sentence, sentence, topic
from eudr_check.text.clean import clean

BY_HAND = ("done", "found", "done_on", "photo", "person")
"""Columns of the workbook that whoever does the work fills in."""
FIXED = ("plot_key", "code", "evidence_digest")
"""Columns of the workbook by which a row is known again."""
NEEDED = (*FIXED, "found")
LAYER = "reviews"
"""Layer of the GeoPackage with the columns of reviews.csv."""
GEOPACKAGE = b"SQLite format 3\x00"
MOST_BYTES = 512_000_000
"""Ours: 20,000 plots with their outlines take 30 MB."""
_NO_DIGEST = "?"
_NOT_DONE = frozenset(
    ("no", "n", "non", "nao", "false", "falso", "faux", "0", "pending", "pendiente", "pendente", "en_attente",
     "todavia_no", "aun_no", "not_yet", "pas_encore", "ainda_nao", "tidak", "belum", "khong", "chua", "hapana", "bado",
     "tidak_selesai", "belum_selesai", "chua_lam", "khong_lam", "chua_xong", "haijafanywa", "haikufanywa", "አልተከናወነም",
     "አይ", "አይደለም", "ገና", "አልተደረገም", "አልተሠራም", "አልተሰራም")
)  # fmt: skip
"""What people write into `done` where it is not."""

Filled = tuple[dict[str, str], Sentence]
"""A row in the columns of reviews.csv, and where it stands."""


def of_workbook(path: Path) -> tuple[list[Filled], list[Sentence], int] | None:
    """Decisions of a workbook of the action plan.

    A visit settles the reason that its row names, by what was found and on the photograph named. Findings about a file
    are settled by the corrected file: such a row clears nothing, and neither does one that says that the work is done
    and not what was found, or what was found and that nothing was done. Deforestation counts in any row.

    Returns:
        The decisions, a sentence for every filled row that is none, and how many rows are as they were; None where no
        sheet is one of the action plan.

    Raises:
        ConfigError: it is no workbook, or a sheet of it lost a column by which its rows are known.
    """
    filled: list[Filled] = []
    notes: list[Sentence] = []
    untouched = 0
    sheets = workbook.read_all(path, _recognised)
    if not sheets:
        return None
    for title, header, rows in sheets:
        names = [_known().get(spelled(cell), cell) for cell in header]
        _guard(names, header, f"{path}, {title}")
        for cells, sheet, number in rows:
            row = {name: clean(cell) for name, cell in zip(names, cells, strict=False)}
            if not any(row.get(name) for name in BY_HAND):
                untouched += 1
                continue
            place = sentence("documents", "sheet_row", file=str(path), sheet=sheet, row=number)
            said = {"place": place, "plot": row.get("plot_key") or row.get("plot") or "?", "code": row["code"]}
            confirms = bool(row["plot_key"] and row["code"]) and coded("decision", row["found"]) == "confirm"
            if not confirms and (not row["plot_key"] or not _answered_by_review(row["code"])):
                notes.append(sentence("reviews", "not_by_review", **said))
            elif not row["found"]:
                notes.append(sentence("reviews", "no_result", **said))
            elif not confirms and spelled(row.get("done", "")) in _NOT_DONE:
                notes.append(sentence("reviews", "not_done", **said))
            else:
                filled.append((_decision(row), place))
    return filled, notes, untouched


def of_geopackage(path: Path) -> list[Filled]:
    """All rows of the layer `reviews` of a GeoPackage.

    Raises:
        ConfigError: it is no GeoPackage, or has no such layer.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(sentence("reviews", "not_decisions", file=str(path), problem=f"> {MOST_BYTES} bytes"))
        # Without a journal beside it nothing has to be joined, and none is left beside a file of somebody else.
        joined = any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal"))
        how = "mode=ro" if joined else "mode=ro&immutable=1"
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as file:
            return list(_features(file, path))
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(sentence("reviews", "not_decisions", file=str(path), problem=str(error))) from error


def open_elsewhere(path: Path) -> list[Sentence]:
    """What is to be said of a GeoPackage whose last changes may lie in a journal that was not copied with it.

    A telephone keeps the map in a form (WAL) in which they do until it is closed; its header says so (SQLite file
    format, bytes 18 and 19).
    """
    with path.open("rb") as file:
        form = file.read(20)[18:]
    alone = form == b"\2\2" and not path.with_name(f"{path.name}-wal").exists()
    return [sentence("reviews", "map_open", file=path.name)] if alone else []


def _features(file: sqlite3.Connection, path: Path) -> Iterator[Filled]:
    there = {str(row[1]) for row in file.execute(f"PRAGMA table_info({LAYER})")}
    if missing := [name for name in COLUMNS if name not in there]:
        problem = f"{LAYER}: {', '.join(missing)}"
        raise ConfigError(sentence("reviews", "not_decisions", file=str(path), problem=problem))
    for number, *cells in file.execute(f"SELECT rowid, {', '.join(COLUMNS)} FROM {LAYER} ORDER BY rowid"):
        row = {name: clean("" if cell is None else str(cell)) for name, cell in zip(COLUMNS, cells, strict=True)}
        row["evidence_digest"] = row["evidence_digest"] or _NO_DIGEST
        yield row, sentence("documents", "sheet_row", file=str(path), sheet=LAYER, row=number)


def _decision(row: Mapping[str, str]) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {
        "plots": row["plot_key"],
        "decision": row["found"],
        "reason": row["code"],
        "grounds": "field_visit",
        "evidence": row.get("photo", ""),
        "reviewer": row.get("person", ""),
        "date": row.get("done_on", ""),
        # Without it nobody knows what was visited; today's evidence may be another.
        "evidence_digest": row["evidence_digest"] or _NO_DIGEST,
    }


def _answered_by_review(code: str) -> bool:
    return (code in topic("reasons") or code.startswith("whisp_")) and code not in NO_REVIEW | EXPLAINS


def _guard(names: Sequence[str], header: Sequence[str], place: str) -> None:
    """Refuse a sheet of the plan in which columns are gone or stand twice: somebody may have written into it."""
    facts = {"file": place, "key": "action_plan", "columns": ", ".join(NEEDED)}
    if missing := [name for name in NEEDED if name not in names]:
        found = ", ".join(filter(None, header))
        raise ConfigError(sentence("documents", "no_column", missing=", ".join(missing), found=found, **facts))
    if twice := sorted({name for name in (*BY_HAND, *FIXED) if names.count(name) > 1}):
        raise ConfigError(sentence("documents", "column_twice", file=place, columns=", ".join(twice)))


def _recognised(cells: Sequence[str]) -> int:
    """How many headers are ours; none where neither what was found is asked for nor a row is known by its keys."""
    names = {_known().get(spelled(cell)) for cell in cells}
    return len(names - {None}) if "found" in names or names >= {*FIXED} else 0


@cache
def _known() -> dict[str, str]:
    """Header in any language, without case and accents: its key in the words of the plan."""
    words = topic("plan")
    return {spelled(word): key for key in ("plot", *BY_HAND, *FIXED) for word in words[key].everywhere()}
