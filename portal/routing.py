"""Which route a path is for. Pyramid tries one after the other, and of some two hundred most cannot be meant."""

from pyramid.interfaces import IRoutesMapper
from pyramid.urldispatch import Route, RoutesMapper


class Routes(RoutesMapper):
    """Tries only the routes whose pattern begins as the path does, in the order in which they were added."""

    def __init__(self) -> None:
        super().__init__()
        self._beginning: dict[str, list[Route]] = {}
        self._others: list[Route] = []
        self._sorted = False

    def __call__(self, request):
        if not self._sorted:
            self._sort()
        path = request.path_info or "/"
        for route in self._beginning.get(_first(path), self._others):
            match = route.match(path)
            if match is not None:
                found = {"match": match, "route": route}
                if all(fits(found, request) for fits in route.predicates):
                    return found
        return {"match": None, "route": None}

    def connect(self, *args, **kw) -> Route:
        self._sorted = False
        return super().connect(*args, **kw)

    def _sort(self) -> None:
        firsts = {route: _first(route.pattern) for route in self.routelist}
        literal = {first for first in firsts.values() if first.isascii() and not {"{", "*", ":", "%"} & set(first)}
        self._beginning = {
            wanted: [route for route, first in firsts.items() if first == wanted or first not in literal]
            for wanted in literal
        }
        self._others = [route for route, first in firsts.items() if first not in literal]
        self._sorted = True


def _first(path: str) -> str:
    """Return the first segment of a path or a pattern: ``trails`` of ``/trails/penfeld``."""
    return path.removeprefix("/").partition("/")[0]


def includeme(config) -> None:
    config.registry.registerUtility(Routes(), IRoutesMapper)
