"""Run every benchmark, or those named: ``python -m tests.performance.bench requests steps catalogue page …``.

Exit status 1 where a figure is not as wanted, 2 where there is no such benchmark.
"""

import sys
import warnings
from collections.abc import Callable
from time import perf_counter

from tests.performance.bench import atlas, catalogue, map_page, media, memory, page, requests, steps
from tests.performance.bench.measured import MISSED

BENCHMARKS: dict[str, Callable[[], list[str]]] = {
    "steps": steps.run,
    "catalogue": catalogue.run,
    "page": page.run,
    "requests": requests.run,
    "memory": memory.run,
    "atlas": atlas.run,
    "map_page": map_page.run,
    "media": media.run,
}


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    missed = 0
    for name in names or BENCHMARKS:
        began = perf_counter()
        told = sys.modules[BENCHMARKS[name].__module__].__doc__ or ""
        print(f"\n{name}: {told.partition(chr(10))[0]}", flush=True)
        for line in BENCHMARKS[name]():
            print(f"  {line}", flush=True)
            missed += line.endswith(MISSED)
        print(f"  ({perf_counter() - began:.0f} s)", flush=True)
    if missed:
        print(f"\n{missed} not as wanted", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main(sys.argv[1:]))
