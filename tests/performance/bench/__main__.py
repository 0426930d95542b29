"""Run every benchmark, or those named: ``python -m tests.performance.bench requests steps catalogue page …``."""

import sys
import warnings
from collections.abc import Callable
from time import perf_counter

from tests.performance.bench import atlas, catalogue, media, memory, page, requests, steps

BENCHMARKS: dict[str, Callable[[], list[str]]] = {
    "steps": steps.run,
    "catalogue": catalogue.run,
    "page": page.run,
    "requests": requests.run,
    "memory": memory.run,
    "atlas": atlas.run,
    "media": media.run,
}


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        began = perf_counter()
        print(f"\n{name}: {BENCHMARKS[name].__module__.split('.')[-1]}", flush=True)
        for line in BENCHMARKS[name]():
            print(f"  {line}", flush=True)
        print(f"  ({perf_counter() - began:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main(sys.argv[1:]))
