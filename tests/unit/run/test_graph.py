"""What runs when: in the order of needs, nothing that is there already, nothing that nobody needs."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eudr_check.errors import PackageError
from eudr_check.run.graph import WORTH_A_PROCESS, Graph, Result, collector_waiting, importing, in_flight, on_cores
from eudr_check.steps import Call, Made, Map, Step, in_turn

SECONDS = 20
"""Nothing here takes so long; a test that waits for what never comes ends."""


class Shelf:
    """A store in memory: what was made of what, by stage and digest."""

    def __init__(self, *there: tuple[str, str]) -> None:
        self.there = set(there)
        self.makes: list[str] = []

    def find(self, stage: str, digest: str) -> str | None:
        return f"{stage} of {digest}" if (stage, digest) in self.there else None

    @contextmanager
    def making(self, stage: str, digest: str) -> Iterator[Path]:
        yield Path(stage)
        self.makes.append(stage)
        self.there.add((stage, digest))

    def made(self, stage: str, digest: str) -> str:
        return f"{stage} of {digest}"


def nothing(made: Made, folder: Path) -> None:
    """An empty result."""


def result(name: str, *needs: str, make: Callable[[Made, Path], Any] = nothing, **more: Any) -> Result:
    """A result that is named by what it needs."""
    return Result(name, name, lambda made: "+".join(str(made[need]) for need in needs) or "-", make, needs, **more)


def write(file: str, text: str) -> None:
    """What a process of its own does here."""
    Path(file).write_text(f"{text} in {len(sys.argv)}", encoding="utf-8")


def sleep(seconds: float) -> None:
    """What must be stopped."""
    time.sleep(seconds)


def fail(words: str) -> None:
    """What goes wrong elsewhere."""
    raise ValueError(words)


@pytest.mark.parametrize("where", ["main", "thread"])
def test_steps_get_what_they_need(where: Any) -> None:
    """Whatever the order they are given in, wherever they run."""
    steps = [
        Step("sum", lambda made: made["one"] + made["two"], ("one", "two"), where),
        Step("two", lambda made: 2 * made["one"], ("one",), where),
        Step("one", lambda made: 1, where=where),
    ]
    with Graph(Shelf()) as graph:
        made = graph.run(steps)

    assert made == in_turn(steps) == {"one": 1, "two": 2, "sum": 3}


@given(st.lists(st.tuples(st.sets(st.integers(0, 7)), st.sampled_from(["main", "thread"])), max_size=8))
def test_any_graph_comes_to_its_end(drawn: list[tuple[set[int], Any]]) -> None:
    """Each step is done once, after those it needs, with steps of all kinds mixed at random."""
    order: list[int] = []

    def step(number: int, needs: set[int], where: Any) -> Step:
        return Step(str(number), lambda made: order.append(number), tuple(map(str, needs)), where)

    needs = [{need for need in wanted if need < number} for number, (wanted, _) in enumerate(drawn)]
    with Graph(Shelf()) as graph:
        graph.run([step(number, needs[number], where) for number, (_, where) in enumerate(drawn)])

    assert sorted(order) == list(range(len(drawn)))
    assert all(order.index(need) < order.index(number) for number, of in enumerate(needs) for need in of)


def test_main_steps_run_where_the_run_was_started() -> None:
    """So that Ctrl-C stops them, and a reader may fork; the others run beside them at the same time."""
    met = threading.Barrier(2)

    def meet(made: Made) -> threading.Thread:
        met.wait(SECONDS)
        return threading.current_thread()

    with Graph(Shelf()) as graph:
        made = graph.run([Step("here", meet), Step("beside", meet, where="thread")])

    assert made["here"] is threading.current_thread() is not made["beside"]


def test_a_result_that_is_there_is_not_made() -> None:
    """Only what is missing, or not complete, is made; its name follows from what it needs."""
    shelf = Shelf(("plots", "-"))
    steps = [result("plots"), result("layers", "plots"), result("overlay", "plots", "layers")]
    with Graph(shelf) as graph:
        made = graph.run(steps)
    with Graph(shelf) as graph:
        again = graph.run([*steps[:1], result("layers", "plots", is_complete=lambda found: False), steps[2]])

    assert made == again and made["overlay"] == "overlay of plots of -+layers of plots of -"
    assert shelf.makes == ["layers", "overlay", "layers"]


@pytest.mark.parametrize(("there", "drawn"), [([], True), (["assess"], True), (["assess", "package"], False)])
def test_what_only_one_step_uses_is_done_for_it_alone(there: list[str], drawn: bool) -> None:
    """Patches are drawn for a package that is to be made, and not for one that is there."""
    names = {"assess": "evidence", "package": "assess of evidence"}
    shelf = Shelf(*((stage, names[stage]) for stage in there))

    def pack(made: Made, folder: Path) -> None:
        parts = [Step("gis", lambda made: made["patches"], ("patches",), "thread"), Step("other", lambda made: 1)]
        assert graph.run(parts)["gis"] == "patches of evidence"

    steps = [
        Step("overlay", lambda made: "evidence"),
        result("patches", "overlay", where="thread"),
        result("assess", "overlay"),
        result("package", "assess", make=pack, uses=("patches",)),
    ]
    with Graph(shelf) as graph:
        made = graph.run(steps)

    assert ("patches" in shelf.makes) is ("patches" in made) is drawn


def test_what_is_used_begins_as_soon_as_it_is_known_to_be_needed() -> None:
    """While plots are judged anew their patches are drawn already: the package that uses them cannot be there."""
    drawing = threading.Event()
    steps = [
        Step("overlay", lambda made: "evidence"),
        result("patches", "overlay", make=lambda made, folder: drawing.set(), where="thread"),
        result("assess", "overlay", make=lambda made, folder: drawing.wait(SECONDS) or fail("nobody drew")),
        result("package", "assess", uses=("patches",)),
    ]
    with Graph(Shelf()) as graph:
        graph.run(steps)

    assert drawing.is_set()


def test_a_step_that_is_used_can_be_asked_for() -> None:
    """Workers come when tiles are to be done, though nothing before the tiles had to be made."""
    steps = [
        Step("workers", lambda made: "there", where="thread"),
        Step("overlay", lambda made: graph.result("workers"), uses=("workers",)),
    ]
    with Graph(Shelf()) as graph:
        assert graph.run(steps)["overlay"] == "there"


@pytest.mark.parametrize("where", ["main", "thread"])
def test_an_error_is_that_of_the_step(where: Any) -> None:
    """It comes out as it was raised, and what needs the step is not done."""
    done: list[str] = []
    steps = [
        Step("wrong", lambda made: fail("no room"), where=where),
        Step("after", lambda made: done.append("after"), ("wrong",)),
        Step("beside", lambda made: done.append("beside"), ("wrong",), "thread"),
    ]
    with pytest.raises(ValueError, match="no room"), Graph(Shelf()) as graph:
        graph.run(steps)

    assert done == []


def test_a_process_of_its_own(tmp_path: Path) -> None:
    """It gets its arguments whole, however long they are, and what needs it waits for its end."""
    text = "ñ" * 200_000
    steps = [
        Step(
            "write",
            lambda made: Call(write, {"file": str(tmp_path / "a"), "text": text}, "a", WORTH_A_PROCESS),
            where="process",
        ),
        Step("read", lambda made: (tmp_path / "a").read_text(encoding="utf-8"), ("write",)),
    ]
    with Graph(Shelf()) as graph:
        read = graph.run(steps)["read"]

    assert read == f"{text} in 2"


def test_little_work_is_done_without_another_process(tmp_path: Path) -> None:
    """Starting one takes longer than writing a few rows."""
    arguments = {"file": str(tmp_path / "a"), "text": "x"}
    steps = [Step("write", lambda made: Call(write, arguments, "a", WORTH_A_PROCESS - 1), where="process")]
    with Graph(Shelf()) as graph:
        graph.run(steps)

    assert (tmp_path / "a").read_text(encoding="utf-8") == f"x in {len(sys.argv)}"


def test_a_process_that_fails_says_why() -> None:
    """The last line of what it said is the message, after what could not be made."""
    steps = [Step("wrong", lambda made: Call(fail, {"words": "no room"}, "a.gpkg", WORTH_A_PROCESS), where="process")]
    message = r"^a\.gpkg could not be written: ValueError: no room$"
    with pytest.raises(PackageError, match=message), Graph(Shelf()) as graph:
        graph.run(steps)


def test_an_error_stops_processes() -> None:
    """Nobody waits for a drawing that is not needed any more, and the error is not hidden behind its end."""
    steps = [
        Step("long", lambda made: Call(sleep, {"seconds": 600}, "a.gpkg", WORTH_A_PROCESS), where="process"),
        Step("wrong", lambda made: fail("here")),
    ]
    begin = time.monotonic()
    with pytest.raises(ValueError, match="here"), Graph(Shelf()) as graph:
        graph.run(steps)

    assert time.monotonic() - begin < 60


def test_what_is_queued_is_done_beside_what_comes_next() -> None:
    """One after another, while the step that queued it has long ended; answers come in the order of the items."""
    next_step, done = threading.Event(), list[int]()

    def square(number: int) -> int:
        assert next_step.wait(60)
        done.append(number)
        return number**2

    with Graph(Shelf()) as graph:
        steps = [
            Step("queue", lambda made: graph.queued(square, range(50))),
            Step("beside", lambda made: next_step.set(), ("queue",)),
            Step("answers", lambda made: list(made["queue"]), ("queue",), "thread"),
        ]
        found = graph.run(steps)

    assert found["answers"] == [number**2 for number in range(50)]
    assert done == [*range(50)]


def test_an_error_ends_what_is_queued() -> None:
    """What has not begun is not done any more, and whoever waits for it ends."""
    begun, wrong, done = threading.Event(), threading.Event(), list[int]()

    def note(number: int) -> None:
        begun.set()
        assert wrong.wait(60)
        done.append(number)

    def fails(made: Made) -> None:
        assert begun.wait(60)
        raise ValueError("here")

    steps = [
        Step("queue", lambda made: graph.queued(note, range(1000))),
        Step("answers", lambda made: list(made["queue"]), ("queue",), "thread"),
        Step("wrong", fails, ("queue",)),
    ]
    with pytest.raises(ValueError, match="here"), Graph(Shelf()) as graph:
        threading.Timer(0.5, wrong.set).start()
        graph.run(steps)

    assert len(done) < 1000


@pytest.mark.parametrize("each", [on_cores, in_flight])
def test_several_at_a_time_are_as_one_after_another(each: Map) -> None:
    """Answers come in the order of the items, some are worked on at a time, and items are taken as answers are."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    answers = each(lambda number: number**2, items())
    first = next(answers)
    ahead = len(taken)

    assert [first, *answers] == [number**2 for number in range(1000)]
    assert ahead < 100
    with pytest.raises(ZeroDivisionError):
        list(each(lambda number: 1 // number, [1, 0, 1]))


def test_the_collector_is_as_it_was() -> None:
    """Whatever happens in the block, garbage is collected after it, or not if it was not before."""
    for block in (collector_waiting, importing):
        with pytest.raises(KeyError), block():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled()
    gc.disable()
    try:
        with collector_waiting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_run_can_be_stopped(tmp_path: Path) -> None:
    """Ctrl-C ends a step of `main` and the processes beside it at once."""
    script = tmp_path / "stopped.py"
    script.write_text(
        "import signal, time\n"
        "from eudr_check.run.graph import Graph\n"
        "from eudr_check.steps import Call, Step\n"
        # Whoever runs the tests in the background hands on that Ctrl-C is to be ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def here(made):\n"
        "    print('begun', flush=True)\n"
        # A signal that comes just before a sleep does not end it: many short ones.
        "    for _ in range(600):\n"
        "        time.sleep(0.1)\n"
        "with Graph(None) as graph:\n"
        "    graph.run([Step('beside', lambda made: Call(time.sleep, {}, 'x', 10**9), where='process'),\n"
        "               Step('here', here)])\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(2)
        process.communicate(timeout=60)

    assert process.returncode != 0
