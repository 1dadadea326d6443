"""One step in a process of its own, for libraries that hold Python's lock all the while they work.

python -m eudr_check.run.step MODULE:FUNCTION < arguments.json
"""

import importlib
import json
import sys

import pyarrow as pa

from eudr_check.run.graph import importing


def main() -> None:
    """Call a function of a module with the arguments on stdin, one JSON object."""
    # What Arrow has done with goes back to the machine at once: several processes share its memory.
    pa.set_memory_pool(pa.system_memory_pool())
    module, _, function = sys.argv[1].partition(":")
    with importing():
        work = getattr(importlib.import_module(module), function)
    work(**json.load(sys.stdin))


if __name__ == "__main__":
    main()
