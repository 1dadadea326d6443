"""A server that fails costs certainty, never truth: outcomes stay, or become undetermined and say why."""

from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

import planetary_computer
import pytest

from eudr_check.layers.fetch import http
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import run
from tests.helpers.servers import Decide, Fault, Hit
from tests.tools.fault_campaign import Bench, bench, in_folder, judge, seeded


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """rustac and the COG server, with a clean run done."""
    with bench(tmp_path_factory.mktemp("faults")) as made:
        yield made


def cog(hit: Hit) -> bool:
    """Whether a request asks for a file."""
    return hit.path.startswith("/cog/")


def every(number: int, *faults: Fault) -> Decide:
    """The next fault on every n-th request, unless it is asked again: what fails three times by chance stays failed."""
    turns, in_turn, failed = count(), cycle(faults), set[tuple[str, str | None]]()

    def decide(hit: Hit) -> Fault | None:
        asked = hit.path, hit.byte_range
        if next(turns) % number or asked in failed:
            failed.discard(asked)
            return None
        failed.add(asked)
        return next(in_turn)

    return decide


RECOVERABLE = {
    "429 with Retry-After": Fault("status", 429, retry_after="0"),
    "503 on a fifth of requests": Fault("status", 503),
    "cut in mid-body": Fault("cut"),
    "a web page instead of a TIFF": Fault("html"),
    "too slow": Fault("slow", seconds=1.5),
    "a page repeated": Fault("repeat"),
    "redirected": Fault("redirect"),
}


@pytest.mark.parametrize(
    "names", [[*RECOVERABLE], *(pytest.param([name], marks=pytest.mark.faults) for name in RECOVERABLE)]
)
def test_passing_faults_change_nothing(stand: Bench, names: list[str]) -> None:
    """What comes right when asked again, all faults in turn or one alone, leaves every table as in the clean run."""
    given: list[Fault] = []
    decide = every(3 if len(names) > 1 else 5, *(RECOVERABLE[name] for name in names))

    def noted(hit: Hit) -> Fault | None:
        fault = decide(hit)
        given.extend([] if fault is None else [fault])
        return fault

    finished = stand.run("-".join(names).replace(" ", "-")[:40], noted)

    assert {id(fault) for fault in given} == {id(RECOVERABLE[name]) for name in names}
    assert judge(stand.clean, finished) == "same"
    assert finished.sources is not None
    assert finished.sources.equals(stand.clean.sources)


LASTING = {
    "404": (Fault("status", 404), "no such file"),
    "403": (Fault("status", 403), "refuses access"),
    "truncated": (Fault("truncated"), "truncated"),
    "503": (Fault("status", 503), "HTTP 503, 3 times"),
    "html": (Fault("html"), "a web page came instead of a TIFF, 3 times"),
    "cut": (Fault("cut"), "cut"),
    "short": (Fault("short"), "cut|instead of"),
    "redirected inward": (Fault("inward"), "inside this network"),
    "masked": (Fault("masked"), "keeps 'no data' in a mask"),
}


@pytest.mark.parametrize("name", LASTING)
def test_lasting_faults_leave_plots_undetermined_with_the_reason(stand: Bench, name: str) -> None:
    """When the baseline cannot be read, no plot is low; SOURCES says why and the exit code is 4."""
    fault, reason = LASTING[name]
    finished = stand.run(f"lasting-{name}", lambda hit: fault if "gfc2020" in hit.path.lower() and cog(hit) else None)

    assert judge(stand.clean, finished) == "undetermined"
    assert finished.exit is Exit.INCOMPLETE
    assert finished.assessments is not None
    assert finished.sources is not None
    assert not finished.assessments["outcome"].isin(["low", "high"]).any()
    failed = finished.sources[finished.sources["status"] == "failed"]
    assert set(failed["layer"]) == {"jrc_gfc2020@V4"}
    assert failed["reason"].str.contains(reason).all()


def test_endless_next_link_is_refused(stand: Bench) -> None:
    """A search that pages without end fails by name instead of running for ever."""
    finished = stand.run("endless", lambda hit: Fault("endless") if hit.path.endswith("/search") else None)

    assert judge(stand.clean, finished) == "undetermined"
    assert finished.sources is not None
    assert finished.sources["reason"].str.contains("pages without end").all()


def test_failed_run_is_completed_by_the_next(stand: Bench) -> None:
    """Run again when the server is well: the gap closes, and blocks fetched before are not asked for."""
    stand.run("again", lambda hit: Fault("status", 404) if "lossyear" in hit.path else None)
    before = len(stand.server.cog_hits())
    finished = stand.run("again", lambda hit: None)

    assert judge(stand.clean, finished) == "same"
    asked = {hit.path for hit in stand.server.cog_hits()[before:]}
    assert asked
    assert all("lossyear" in path for path in asked)


def test_expired_signature_is_renewed_once(stand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 403 is answered with a fresh signature; hrefs, tables and messages never carry one."""
    tokens = planetary_computer.sas.TOKEN_CACHE
    tokens["stale"] = "old"
    monkeypatch.setattr(
        planetary_computer, "sign_url", lambda href: f"{href}?sig={'old' if 'stale' in tokens else 'new'}SECRET"
    )
    signed = {"local": stand.harvest.catalogues["local"].model_copy(update={"signing": "planetary_computer"})}
    harvest = stand.harvest.model_copy(update={"catalogues": signed})
    stand.server.decide = lambda hit: Fault("status", 403) if cog(hit) and "newSECRET" not in hit.path else None
    finished = run(in_folder(harvest, stand.folder / "signed" / "run"), until="assess")
    stand.server.decide = lambda hit: None

    assert judge(stand.clean, finished) == "same"
    written = b"".join(path.read_bytes() for path in (stand.folder / "signed").rglob("*") if path.is_file())
    assert b"SECRET" not in written


def test_signature_that_stays_bad_is_an_honest_failure(stand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two 403 in a row end the attempt; the reason names the file without its signature."""
    monkeypatch.setattr(planetary_computer, "sign_url", lambda href: f"{href}?sig=SECRET")
    signed = {"local": stand.harvest.catalogues["local"].model_copy(update={"signing": "planetary_computer"})}
    stand.server.decide = lambda hit: Fault("status", 403) if cog(hit) else None
    finished = run(
        in_folder(stand.harvest.model_copy(update={"catalogues": signed}), stand.folder / "bad" / "run"), until="assess"
    )
    stand.server.decide = lambda hit: None

    assert judge(stand.clean, finished) == "undetermined"
    assert finished.sources is not None
    assert not finished.sources["reason"].dropna().str.contains("SECRET").any()


def test_file_that_changes_on_the_server_is_read_anew(stand: Bench, tmp_path: Path) -> None:
    """When the ETag no longer fits, the sparse copy is begun again instead of mixing two versions."""
    finished = stand.run("changing", lambda hit: None)
    assert finished.sources is not None
    victim = next((stand.server.root / "rasters").glob("*lossyear*"))
    content = victim.read_bytes()
    href = next(one for one in finished.sources["href"].dropna() if "lossyear" in one)
    for journal in (stand.folder / "changing" / "store" / "sparse").rglob("*.blocks"):
        journal.unlink()
    victim.write_bytes(content + b"\0")
    again = stand.run("changing", lambda hit: None)
    victim.write_bytes(content)

    assert again.sources is not None
    tags = [table.loc[table["href"] == href, "etag"].iloc[0] for table in (finished.sources, again.sources)]
    assert judge(stand.clean, again) == "same"
    assert len(set(tags)) == 2 or finished.sources.equals(again.sources)


@pytest.mark.parametrize("seed", range(2))
def test_seeded_faults(stand: Bench, seed: int) -> None:
    """A few seeds of the campaign (`make faults` runs 200): no plot is ever low on unread data."""
    _, decide = seeded(seed)

    assert judge(stand.clean, stand.run(f"seed-{seed}", decide)) in ("same", "undetermined")


def test_impatience_is_only_for_tests() -> None:
    """The shipped patience outlasts a busy server: at least 15 s of waiting before giving up."""
    shipped = http.Patience()

    assert sum(shipped.first_delay_s * 2**attempt for attempt in range(shipped.attempts - 1)) >= 15
