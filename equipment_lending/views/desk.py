"""The counter's day: who comes, what leaves and returns, what to settle; and one field that finds everything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from equipment_lending.models import Claim, Custody, Item, LendingPoint, Loan
from equipment_lending.permissions import Lending
from equipment_lending.queries import desk, loans
from equipment_lending.queries.calendars import calendar
from equipment_lending.queries.changed_hours import closed_at
from equipment_lending.queries.conditions import conditions
from equipment_lending.queries.loans import UNFETCHED, Found, open_custodies, units_to_hand_out
from equipment_lending.rules.changed_hours import ClosedEnd
from equipment_lending.rules.lateness import late_days
from equipment_lending.rules.naming import bare_tag, tag_in
from equipment_lending.terms import FOREVER, NOT_LENDABLE, Condition, End, LoanState
from equipment_lending.views.words import CONDITIONS, state_words, training_words, windows_words
from portal.i18n import _
from portal.people.models import Person
from portal.people.terms import Role
from portal.ports.certifications import Certifications

COOKIE = "desk"
A_YEAR = timedelta(days=365)
NEAR = timedelta(days=400)
"""Nobody looks further through the days of a desk than this."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A line of the day: when, who, what, and the page where it is done, None for what another desk does.

    ``tags`` are (text, kind) pairs; ``labels`` are those on what is to come back.
    """

    when: str
    who: str
    what: str
    url: str | None
    act: str
    tags: tuple[tuple[str, str | None], ...] = ()
    labels: Sequence[str] = ()


def served_points(request) -> Sequence[LendingPoint]:
    """Return the points at whose desk the reader may stand; somebody who administers may stand at all."""
    identity = request.identity
    scopes = None if identity.holds(Role.ADMIN) else identity.scopes(Role.DESK)
    return desk.points_served(request.db, scopes)


def present_point(request, points: Sequence[LendingPoint]) -> LendingPoint | None:
    """Return the desk where the reader stands: the only one, or the one this browser was last at."""
    if len(points) == 1:
        return points[0]
    remembered = request.registry.cookies.get(request, COOKIE)
    return next((point for point in points if point.slug == remembered), None)


@view_defaults(
    route_name="desk",
    renderer="equipment_lending:templates/equipment_lending/desk/choose.jinja2",
    permission=Lending.SERVE,
)
class ChooseDesk:
    """The page on which somebody who serves at several desks says at which one."""

    def __init__(self, request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self):
        points = served_points(self.request)
        here = present_point(self.request, points)
        if here is not None and "choose" not in self.request.GET:
            kept = {name: value for name, value in self.request.GET.items() if name == "person"}
            return HTTPSeeOther(self.request.route_path("lending.desk", slug=here.slug, _query=kept))
        return {"points": points}


@view_defaults(
    route_name="lending.desk",
    renderer="equipment_lending:templates/equipment_lending/desk/day.jinja2",
    permission=Lending.SERVE,
    request_method="GET",
)
class DeskDay:
    """A desk's day, and what its one field finds."""

    def __init__(self, context, request) -> None:
        self.point: LendingPoint = context.point
        self.request = request
        self.now: datetime = request.clock.now()
        self.zone = self.point.zone
        self.today = self.now.astimezone(ZoneInfo(self.zone)).date()
        self.day = self._day()

    @view_config()
    def show(self):
        request = self.request
        if request.registry.cookies.get(request, COOKIE) != self.point.slug:
            request.registry.cookies.put(request.response, COOKIE, self.point.slug, A_YEAR)
        looked_for = request.GET.get("q", "").strip()
        found = self._found(looked_for)
        straight = self._straight_to(looked_for, found)
        if straight:
            return HTTPSeeOther(straight)
        return self._page() | {
            "looked_for": looked_for or None,
            "people": [self._person(person, found.loans) for person in found.people],
            "found": [self._loan(loan) for loan in found.loans if not _is_of(loan, found.people)],
            "items": found.items,
            "may_be_name": not any(letter.isdigit() for letter in looked_for),
            "is_like_a_tag": any(map(str.isdigit, looked_for)) and any(map(str.isalpha, looked_for)),
        }

    @view_config(
        route_name="lending.desk.picks", renderer="equipment_lending:templates/equipment_lending/desk/picks.jinja2"
    )
    def pick_list(self):
        """What to take off the shelf for the day, on paper."""
        day = desk.civil_day(self.day, self.zone)
        pickups = loans.desk_day(self.request.db, self.point, day, self.now).pickups
        lines = desk.all_lines_to_go(self.request.db, pickups, self.now)
        proposed: set[UUID] = set()
        return self._frame() | {
            "loans": [
                (self._visit(loan, loan.pickup_at, "loan"), self._picks(lines[loan.id], proposed)) for loan in pickups
            ]
        }

    def _picks(self, lines: Sequence[desk.LineToGo], proposed: set[UUID]) -> list[tuple[desk.LineToGo, str]]:
        """Return the lines of a loan with tags to take, none of which is proposed for another loan already."""
        found = []
        for to_go in lines:
            items = to_go.picks(without=proposed)
            proposed.update(item.id for item in items if item.units == 1)
            found.append((to_go, ", ".join(item.asset_tag for item in items)))
        return found

    # The day --------------------------------------------------------------------------------------------------------

    def _day(self) -> date:
        try:
            asked = date.fromisoformat(self.request.GET.get("day", ""))
        except ValueError:
            return self.today
        return asked if abs(asked - self.today) < NEAR else self.today

    def _frame(self):
        opening = calendar(self.request.db, self.point)
        windows, is_today = opening.windows_on(self.day), self.day == self.today
        return {
            "point": self.point,
            "day": self.day,
            "is_today": is_today,
            "closed_now": is_today and not opening.is_open_at(self.now),
            "hours": windows_words(windows, self.zone, self.request),
            "yesterday": self.day - timedelta(days=1),
            "tomorrow": self.day + timedelta(days=1),
            "several": len(self._served) > 1,
        }

    def _page(self):
        db = self.request.db
        civil_day = desk.civil_day(self.day, self.zone)
        day = loans.desk_day(db, self.point, civil_day, self.now)
        lacking = self._lacking(day.pickups)
        shown = self._frame() | {
            "pickups": [self._pickup(loan, lacking[loan.id]) for loan in day.pickups],
            "returns": [self._return(loan) for loan in day.returns],
            "to_decide": [self._to_decide(loan) for loan in day.to_decide],
            "late": [],
            "at_risk": [],
            "closed": [],
            "out_of_service": [],
            "next_day": None if day.pickups or day.returns else self._next_day(max(civil_day.end, self.now)),
        }
        if self.day == self.today:
            shown["late"] = [self._late(loan) for loan in day.late]
            shown["at_risk"] = [self._at_risk(loan) for loan in desk.at_risk(db, self.point, self.now)]
            shown["closed"] = [self._closed(*one) for one in closed_at(db, self.point, self.now)]
            shown["out_of_service"] = [
                self._resting(claim.item, claim)
                for claim in loans.out_of_service(db, self.point, self.now, civil_day.end)
                if claim.item is not None
            ]
        return shown

    def _next_day(self, after: datetime) -> date | None:
        """Return the next day on which somebody comes; None where none is agreed on."""
        at = loans.next_visit(self.request.db, self.point, after)
        return at.astimezone(ZoneInfo(self.zone)).date() if at else None

    def _pickup(self, loan: Loan, lacking: Sequence[str]) -> Visit:
        tags: list[tuple[str, str | None]] = [
            (self._say(_("training missing: ${training}"), training=training_words(slug)), "warn") for slug in lacking
        ]
        if loan.state is LoanState.OUT:
            tags.append((self._say(_("partly picked up")), "lend"))
        return self._visit(loan, loan.pickup_at, "check_out", *tags)

    def _lacking(self, pickups: Sequence[Loan]) -> dict[UUID, list[str]]:
        """Return, for each loan, the trainings that its borrower does not hold now."""
        held = self.request.ask(Certifications).holds
        policies = conditions(self.request.db, [line.stock_id for loan in pickups for line in loan.lines])
        return {
            loan.id: sorted(
                slug
                for slug in frozenset().union(*(policies[line.stock_id].requires for line in loan.lines))
                if not held(loan.borrower_id, slug, self.now)
            )
            for loan in pickups
        }

    def _return(self, loan: Loan) -> Visit:
        return self._visit(loan, loan.return_at, "check_in", out=open_custodies(loan))

    def _to_decide(self, loan: Loan) -> Visit:
        return self._visit(loan, loan.pickup_at, "loan")

    def _late(self, loan: Loan) -> Visit:
        days = late_days(loan.return_at, self.now, ZoneInfo(loan.return_point.zone))
        late = (
            self.request.ngettext("${n} day late", "${n} days late", days) if days else self._say(_("late since today"))
        )
        return self._visit(loan, loan.return_at, "check_in", (late, "wrong"), out=open_custodies(loan))

    def _at_risk(self, loan: Loan) -> Visit:
        return self._visit(loan, loan.pickup_at, self._to_settle(loan), (self._say(_("too few left")), "warn"))

    def _closed(self, loan: Loan, one: ClosedEnd) -> Visit:
        said = self._say(CLOSED_ENDS[one.end], hour=self.request.words.time(one.at, self.zone))
        return self._visit(loan, one.at, self._to_settle(loan), (said, "warn"))

    def _to_settle(self, loan: Loan) -> str:
        """Return what to do about a loan that cannot be as it was agreed: change it, as long as that is this desk's."""
        return "change" if loan.state in UNFETCHED and loan.point_id == self.point.id else "loan"

    def _resting(self, item: Item, claim: Claim) -> Visit:
        until = self.request.words.date(claim.ends_at, self.zone) if claim.ends_at < FOREVER else None
        said = self._say(_("until ${day}"), day=until) if until else self._say(_("until further notice"))
        return Visit(
            "",
            f"{_some_of(item, claim)} · {self.request.words.of(item.stock.model.name)}",
            self._why(item, claim),
            self.request.route_path("lending.item", tag=item.asset_tag),
            self._say(_("Open")),
            ((said, "warn"),),
        )

    def _why(self, item: Item, claim: Claim) -> str:
        """Return why an item rests: the state in which it came back if that is why, and what was noted."""
        unfit = self._say(CONDITIONS[item.condition]) if item.condition in NOT_LENDABLE else ""
        noted = self._say(CONDITIONS[Condition(claim.reason)]) if claim.reason in CONDITIONS else claim.reason
        return " · ".join(filter(None, dict.fromkeys([unfit, noted])))

    def _visit(
        self, loan: Loan, at: datetime, act: str | None, *tags: tuple[str, str | None], out: Sequence[Custody] = ()
    ) -> Visit:
        route, label = ACTS[act] if act else ("", "")
        return Visit(
            self._when(at),
            loan.organisation.name if loan.organisation else loan.borrower.name,
            contents_out(out, self.request) if out else contents_to_go(loan, self.request),
            self.request.route_path(route, id=loan.id) if route else None,
            self._say(label),
            tags,
            list(dict.fromkeys(custody.item.asset_tag for custody in out)),
        )

    def _when(self, at: datetime) -> str:
        """Return the hour on the day that is shown, otherwise the day."""
        day = at.astimezone(ZoneInfo(self.zone)).date()
        if day == self.day:
            return self.request.words.time(at, self.zone)
        return self.request.words.short_day(day)

    # What is looked for ---------------------------------------------------------------------------------------------

    def _found(self, looked_for: str) -> Found:
        person_id = _uuid(self.request.GET.get("person", ""))
        if person_id is not None:
            return desk.found_person(self.request.db, person_id)
        return loans.find_at_desk(self.request.db, tag_in(looked_for)[:100])

    def _straight_to(self, looked_for: str, found: Found) -> str | None:
        """Return the page a whole tag or number leads to; None where somebody has to choose, or nothing was found."""
        if found.people or len(found.items) + len(found.loans) != 1:
            return None
        if found.loans:
            return self._loan_url(found.loans[0])
        item = found.items[0]
        return self._item_url(item) if bare_tag(item.asset_tag) == bare_tag(tag_in(looked_for)) else None

    def _item_url(self, item: Item) -> str:
        """Return where an item in the hand is dealt with: taken back if out, handed out if a loan waits for it."""
        tomorrow = desk.civil_day(self.today, self.zone).end
        where = desk.whereabouts(self.request.db, item, self.point, tomorrow)
        ticked = {"items": item.asset_tag}
        if len(where.out) == 1:
            return self.request.route_path("lending.desk.check_in", id=where.out[0].line.loan_id, _query=ticked)
        if where.waiting and not where.out:
            return self.request.route_path("lending.desk.check_out", id=where.waiting[0].id, _query=ticked)
        return self.request.route_path("lending.item", tag=item.asset_tag)

    def _loan_url(self, loan: Loan) -> str | None:
        act = self._way(loan)
        return self.request.route_path(ACTS[act][0], id=loan.id) if act else None

    def _loan(self, loan: Loan) -> Visit:
        back = next_act(loan) == "check_in"
        at, point = (loan.return_at, loan.return_point) if back else (loan.pickup_at, loan.point)
        elsewhere = [(point.name, None)] if point.id != self.point.id else []
        return self._visit(loan, at, self._way(loan), state_words(loan, self.now, self.request), *elsewhere)

    def _way(self, loan: Loan) -> str | None:
        """Return what this clerk may do next with a loan; any desk takes things back. None for another desk's."""
        act = next_act(loan)
        if act == "check_in" or loan.point_id in self._served:
            return act
        return "loan" if loan.return_point_id in self._served else None

    @cached_property
    def _served(self) -> set[UUID]:
        return {point.id for point in served_points(self.request)}

    def _person(self, person: Person, found: Iterable[Loan]):
        visits = [self._loan(loan) for loan in found if loan.borrower_id == person.id]
        return {"person": person, "loans": [replace(visit, who=visit.what, what="") for visit in visits]}

    def _say(self, message: str, **values: object) -> str:
        return self.request.localizer.translate(message, mapping=values)


ACTS = {
    "check_out": ("lending.desk.check_out", _("Hand out")),
    "check_in": ("lending.desk.check_in", _("Take back")),
    "change": ("lending.desk.change", _("Settle")),
    "loan": ("lending.desk.loan", _("Open")),
}
"""The page and the label of what can be done with a loan."""


CLOSED_ENDS = {End.PICKUP: _("pick-up ${hour}, closed"), End.RETURN: _("return ${hour}, closed")}
"""What somebody would come for while the desk is closed."""


def _some_of(item: Item, claim: Claim) -> str:
    """Return the tag of what a claim keeps out of service; of a lot, of which so many rest: «BR-0040 × 2»."""
    return f"{item.asset_tag} × {claim.units}" if claim.units < item.units else item.asset_tag


def next_act(loan: Loan) -> str:
    """Return what the desk usually does with a loan now."""
    waiting = any(units_to_hand_out(line) for line in loan.lines)
    if loan.state is LoanState.CONFIRMED:
        return "check_out"
    if loan.state is LoanState.OUT and not waiting:
        return "check_in"
    return "loan"


def contents_to_go(loan: Loan, request) -> str:
    """Return what of a loan has not left yet, or all of it once nothing is left: «2 × Field recorder, Boom pole»."""
    left = {line: units_to_hand_out(line) for line in loan.lines}
    units = left if any(left.values()) else {line: line.units for line in loan.lines}
    named = sorted((request.words.of(line.stock.model.name), count) for line, count in units.items() if count)
    return ", ".join(name if count == 1 else f"{count} × {name}" for name, count in named)


def contents_out(custodies: Iterable[Custody], request) -> str:
    """Return the names of what is to come back: «Boom pole, Field recorder»."""
    return ", ".join(sorted({request.words.of(custody.line.stock.model.name) for custody in custodies}))


def _is_of(loan: Loan, people: Iterable[Person]) -> bool:
    return loan.borrower_id in {person.id for person in people}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
