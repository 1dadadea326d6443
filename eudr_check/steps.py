"""Work as data: what there is to do, what it needs and where it may run. `run/graph.py` decides when it runs.

A room says with these what can be done side by side; it starts no thread and no process itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Literal, Protocol, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

Output = Any
"""What a step gives, of its own type: who needs it knows it by name."""
Made = Mapping[str, Output]
"""What the steps that a step needs have made, by their names."""
Where = Literal["main", "thread", "process"]
"""`main`: one after another, where the run was started, so that it can be stopped at any moment; `thread`: in the
background, for what lets go of Python's lock; `process`: in a process of its own, for what does not."""


class Map(Protocol):
    """As Python's `map`: answers in the order of the items. It may work on several of them at a time."""

    def __call__(self, work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterator[Answer]: ...


@dataclass(frozen=True)
class Call:
    """A function of a module with arguments that JSON can hold, so that another process can do it."""

    function: Callable[..., object]
    arguments: Mapping[str, object]
    makes: str
    """What comes of it, for the message when it fails."""
    rows: int
    """How much there is to do: a process is worth its start only where there is much."""


@dataclass(frozen=True)
class Step:
    """Something to do whenever its turn comes."""

    name: str
    work: Callable[[Made], Output]
    """What the others get of it; of a step in a process of its own, the `Call` to be done there."""
    needs: tuple[str, ...] = ()
    """Steps that must be finished before."""
    where: Where = "main"
    uses: tuple[str, ...] = ()
    """Steps that are done only for this one: it asks for what they make itself, or its own steps need them."""
    many_objects: bool = False
    """It makes millions of small objects, which nobody need look through for garbage meanwhile."""


def one_by_one(work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterator[Answer]:
    """Python's `map`."""
    return map(work, items)


def at_once(work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterator[Answer]:
    """Python's `map`, done before it returns."""
    return iter([work(item) for item in items])


def in_turn(steps: Sequence[Step]) -> dict[str, Output]:
    """Do steps here, one after another, as a test or a script does.

    Returns:
        What they made, by name.
    """
    by_name = {step.name: step for step in steps}
    made: dict[str, Any] = {}
    for name in TopologicalSorter({step.name: step.needs for step in steps}).static_order():
        done = by_name[name].work({need: made[need] for need in by_name[name].needs})
        made[name] = done.function(**done.arguments) if isinstance(done, Call) else done
    return made
