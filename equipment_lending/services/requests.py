"""A loan before it is fetched: asked for, decided, changed, cancelled. Two people are never promised the same thing."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random, SystemRandom
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, LendingPoint, Loan, LoanLine, Stock
from equipment_lending.queries import loans
from equipment_lending.queries.alternatives import Alternatives, alternatives
from equipment_lending.queries.application import Gathered, gather, wish_of, wished_points, wished_stocks
from equipment_lending.queries.calendars import calendar, policies
from equipment_lending.queries.changed_hours import closed_cases
from equipment_lending.queries.occupation import stock_uses
from equipment_lending.rules.alternatives import DAYS_AROUND, later_returns
from equipment_lending.rules.assignment import bind, extendable, free_units
from equipment_lending.rules.charter import LONGEST, refusals, refusals_on_approval
from equipment_lending.rules.claims import claimed, remaining, whole_minute_after
from equipment_lending.rules.lateness import no_show_from
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.services.letters import Letters
from equipment_lending.services.turns import Turns, look_who_waits
from equipment_lending.terms import (
    ABOUT_LONGER,
    MENDED_ELSEWHEN,
    MENDED_SOONER,
    Approval,
    ClaimKind,
    LoanState,
    Period,
    Refusal,
    RefusalCode,
    Refused,
    Wish,
)
from portal.audit.services import Audit
from portal.clock import Clock
from portal.db import lock
from portal.mail.services import Outbox
from portal.people.models import Person
from portal.ports.certifications import Certifications

SPOKEN = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What a loan's number is made of: nothing that sounds or looks like something else."""

UNGUESSABLE = SystemRandom()


class LoanRequests:
    """Request, confirm, reject, change, extend, cancel. Letters go out with the same transaction, or not at all."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        certifications: Certifications,
        audit: Audit,
        outbox: Outbox | None,
        base_url: str = "",
        chance: Random = UNGUESSABLE,
    ) -> None:
        self._session = session
        self._clock = clock
        self._certifications = certifications
        self._audit = audit
        self._letters = Letters(session, outbox, base_url)
        self._chance = chance
        self._turns = Turns(session, clock, certifications, outbox, base_url)

    def request(self, wish: Wish, borrower_id: UUID, by: UUID) -> Loan:
        """Record a loan for the borrower and return it: ``CONFIRMED``, or ``REQUESTED`` where somebody has to approve.

        ``by`` is who asks, the borrower or somebody at a desk. Raises :class:`Refused` with every reason, and with
        alternatives where units are lacking, and records nothing. Whoever waits comes first; whoever asks for what is
        held for them has it.
        """
        with self._session.begin_nested():
            gathered = self.decided_on(wish, borrower_id, at_desk=by != borrower_id)
            reasons = refusals(gathered.application)
            if reasons:
                raise Refused(reasons, alternatives(self._session, gathered, reasons))
            loan = self._record(wish, gathered, borrower_id, by)
        if by != borrower_id:
            self._audit.record("lending.request_for", "loan", loan.id, loan=loan.number)
        letter = "loan_confirmed" if loan.state is LoanState.CONFIRMED else "loan_requested"
        self._letters.about(loan, letter, gathered.taken_up)
        return loan

    def confirm(self, loan_id: UUID, by: UUID, override: str = "") -> Loan:
        """Approve a request: what it asks of the borrower is asked anew.

        With a written reason in ``override``, a borrower who lacks a required achievement may have it all the same: the
        audit trail says that, and the loan why. Raises :class:`Refused` with every reason, and where there is nothing
        to decide any more.
        """
        self._lock_limits(loan_id)
        loan = self._locked(loan_id, LoanState.REQUESTED)
        reasons = refusals_on_approval(self._asked_anew(loan, loan.return_at).application)
        lacking = [reason for reason in reasons if reason.code is RefusalCode.NOT_CERTIFIED]
        if override.strip():
            reasons = [reason for reason in reasons if reason not in lacking]
        if reasons:
            raise Refused(reasons)
        self._decide(loan, LoanState.CONFIRMED, by, override.strip() if lacking else None)
        self._audit.record("lending.confirm", "loan", loan.id, loan=loan.number, overridden=bool(lacking) or None)
        self._letters.about(loan, "loan_confirmed")
        return loan

    def reject(self, loan_id: UUID, reason: str, by: UUID) -> Loan:
        """Turn a request down, and tell the borrower why. Raises :class:`Refused` without a reason, or if decided."""
        loan = self._locked(loan_id, LoanState.REQUESTED)
        if not reason.strip():
            raise Refused([Refusal(RefusalCode.REASON_MISSING)])
        self._decide(loan, LoanState.REJECTED, by, reason.strip())
        self._release(loan)
        self._audit.record("lending.reject", "loan", loan.id, loan=loan.number)
        self._letters.about(loan, "loan_rejected")
        return loan

    def cancel(self, loan_id: UUID, reason: str, by: UUID) -> Loan:
        """Call a loan off before anything of it has left. Raises :class:`Refused` later than that."""
        loan = self._locked(loan_id, *loans.UNFETCHED)
        self._decide(loan, LoanState.CANCELLED, by, reason.strip() or None)
        self._release(loan)
        if by != loan.borrower_id:
            self._audit.record("lending.cancel", "loan", loan.id, loan=loan.number)
        self._letters.about(loan, "loan_cancelled")
        return loan

    def no_show(self, loan_id: UUID, by: UUID) -> Loan:
        """Note that nobody came, without waiting any longer. Raises :class:`Refused` while somebody may still come."""
        loan = self._locked(loan_id, LoanState.CONFIRMED)
        if self._clock.now() < loan.pickup_at:
            raise Refused([Refusal(RefusalCode.WRONG_STATE, {"state": loan.state})])
        self._decide(loan, LoanState.NO_SHOW, by)
        self._release(loan)
        self._audit.record("lending.no_show", "loan", loan.id, loan=loan.number)
        self._letters.about(loan, "no_show")
        return loan

    def change(self, loan_id: UUID, period: Period, point: str, return_point: str) -> Loan:
        """Give a loan that has not been fetched other times or points (slugs), and return it.

        It is decided on like a new wish of its borrower for the same things. It keeps its number and its place among
        the promises; another point that approves what it lends has the last word on what is moved there, and one that
        does not has none. Raises :class:`Refused` with every reason, and with alternatives where another time or place
        would do, and changes nothing.
        """
        with self._session.begin_nested():
            loan = self._session.get_one(Loan, loan_id)
            wish = replace(
                wish_of(loan), point=point, return_point=return_point, pickup_at=period.start, return_at=period.end
            )
            gathered = self.decided_on(wish, loan.borrower_id, instead_of=loan)
            if loan.state not in loans.UNFETCHED:
                raise Refused([Refusal(RefusalCode.WRONG_STATE, {"state": loan.state})])
            reasons = refusals(gathered.application)
            if reasons:
                raise Refused(reasons, alternatives(self._session, gathered, reasons))
            freed = [line.stock_id for line in loan.lines]
            self._move(loan, gathered)
        look_who_waits(self._session, self._clock, freed)
        self._audit.record("lending.change", "loan", loan.id, loan=loan.number)
        self._letters.about(loan, "loan_changed", gathered.taken_up)
        return loan

    def keep(self, loan_id: UUID) -> bool:
        """Decide that a loan stays as it was agreed although a desk has changed its hours, and tell its borrower.

        That holds for the hours as they are now: once they change again, it is to be decided anew. Return whether there
        was anything to decide: somebody may have done so already, or the hours be back to what they were.
        """
        loan = self._locked(loan_id, *loans.CURRENT)
        case = closed_cases(self._session, self._clock.now(), Loan.id == loan_id).get(loan_id)
        if case is not None:
            loan.kept_for = case
            self._audit.record("lending.keep", "loan", loan.id, loan=loan.number)
            self._letters.about(loan, "loan_kept")
        return case is not None

    def extend(self, loan_id: UUID, return_at: datetime, by: UUID, *, alone: bool = False) -> Loan:
        """Let a loan last until ``return_at``, at nobody's expense: what is still to be returned is asked for anew.

        ``alone`` is a borrower without anybody at the desk, which is not enough where it approves what it lends.
        Raises :class:`Refused` with every reason, and a return that would do, where there is one; and changes nothing.
        """
        with self._session.begin_nested():
            self._lock_limits(loan_id)
            loan = self._locked(loan_id, *loans.EXTENDABLE)
            reasons = self._cannot_be_longer(loan, return_at)
            policy_of = policies(self._session, [line.stock for line in loan.lines])
            if alone:
                reasons += self._not_alone(policy_of)
            if reasons:
                raise Refused(reasons, self._longer_than_now(loan, return_at, reasons))
            longer, zone = Period(loan.pickup_at, return_at), ZoneInfo(loan.point.zone)
            for line in loan.lines:
                self._lengthen(line, claimed(longer, policy_of[line.stock_id], zone).end, return_at)
            loan.return_at, loan.extended_at = return_at.astimezone(UTC), self._clock.now()
            loan.revision += 1
        if by != loan.borrower_id:
            self._audit.record("lending.extend", "loan", loan.id, loan=loan.number, until=return_at)
        self._letters.about(loan, "loan_extended")
        return loan

    def longest(self, loan: Loan, *, alone: bool = False) -> datetime | list[Refusal]:
        """Return the latest return that a loan could be given as things stand; why none, where it cannot last longer.

        Nothing is locked: :meth:`extend` decides. ``alone`` as there.
        """
        decided = self._not_alone(policies(self._session, [line.stock for line in loan.lines])) if alone else []
        if decided:
            return decided
        desk, after = calendar(self._session, loan.return_point), max(loan.return_at, self._clock.now())
        last_day = desk.day_of(min(after + timedelta(days=DAYS_AROUND), loan.pickup_at + LONGEST - timedelta(days=1)))
        found = [
            self._latest_return(loan, end) for end in (desk.moment(last_day, time.max), _due(loan, desk, last_day))
        ]
        latest = max(filter(None, found), default=None)
        if latest:
            return self._to_the_minute(loan, desk, latest)
        following = next((window.start for window in desk.windows_after(after) if window.start > after), None)
        return (self._cannot_be_longer(loan, following) or following) if following else []

    def expire(self) -> list[Loan]:
        """End what waited in vain, and return it: pick-ups nobody came for, requests nobody decided on in time.

        Computed from the state of things, so it may run at any time, any number of times.
        """
        now = self._clock.now()
        waiting = self._session.scalars(
            select(Loan.id).where(Loan.state.in_(loans.UNFETCHED), Loan.pickup_at < now)
        ).all()
        self._alone_with(waiting)
        return [loan for loan_id in waiting if (loan := self._expired(loan_id, now))]

    def _expired(self, loan_id: UUID, now: datetime) -> Loan | None:
        loan = loans.loan(self._session, loan_id)
        if loan is None or loan.state not in loans.UNFETCHED:
            return None  # somebody was quicker
        if loan.state is LoanState.CONFIRMED and now < self._no_show_from(loan):
            return None
        waited_for = loan.state
        self._decide(loan, LoanState.NO_SHOW if waited_for is LoanState.CONFIRMED else LoanState.REJECTED, None)
        self._release(loan)
        self._letters.about(loan, "no_show" if waited_for is LoanState.CONFIRMED else "loan_rejected")
        return loan

    def _no_show_from(self, loan: Loan) -> datetime:
        desk = calendar(self._session, loan.point)
        window = desk.window_at(loan.pickup_at) or next(desk.windows_after(loan.pickup_at), None)
        policy_of = policies(self._session, [line.stock for line in loan.lines])
        return max(no_show_from(loan.pickup_at, window, policy) for policy in policy_of.values())

    # Deciding -------------------------------------------------------------------------------------------------------

    def decided_on(
        self, wish: Wish, borrower_id: UUID, *, instead_of: Loan | None = None, at_desk: bool = False
    ) -> Gathered:
        """Return the facts of a wish, alone with the borrower, the points and the stocks until the transaction ends.

        Alone with the loan ``instead_of`` which it is wished for, too, and with that loan's stocks. What is free is
        held for whoever waits before anybody else is considered, and no longer for the borrower. ``at_desk`` somebody
        of the desk asks for it, who knows how soon it can be ready.
        """
        points, stocks = self._wished_points(wish), wished_stocks(self._session, wish)
        lock(self._session, Person, [borrower_id])
        lock(self._session, LendingPoint, [point.id for point in points.values() if point.max_visits is not None])
        wished = {stock.id for stock in stocks}
        held = wished | (self._held_by(instead_of) if instead_of else set())
        lock(self._session, Stock, held)
        self._session.expire_all()  # what was read before all this was held may be the past
        if self._session.get_one(Person, borrower_id).erased_at is not None:
            raise Refused([Refusal(RefusalCode.NO_SUCH_BORROWER)])
        points, stocks = self._wished_points(wish), wished_stocks(self._session, wish)
        stocks = [stock for stock in stocks if stock.id in wished]
        self._turns.serve(held)
        taken_up = tuple(self._turns.take_up(borrower_id, wished, wish))
        in_turn = bool(taken_up) and {one.stock_id for one in taken_up} == wished
        noticed = at_desk or in_turn or (instead_of is not None and _leaves_no_sooner(instead_of, wish))
        now = self._clock.now()
        handed_out = at_desk and wish.pickup_at <= whole_minute_after(now)
        facts = (wish, points, stocks, borrower_id, self._certifications, now)
        gathered = gather(self._session, *facts, without=instead_of.id if instead_of else None)
        application = replace(gathered.application, noticed=noticed, handed_out=handed_out)
        return replace(gathered, application=application, taken_up=taken_up)

    def _held_by(self, loan: Loan) -> set[UUID]:
        """Return the stocks of a loan, alone with it."""
        lock(self._session, Loan, [loan.id])
        return set(self._session.scalars(select(LoanLine.stock_id).where(LoanLine.loan_id == loan.id)))

    def _wished_points(self, wish: Wish) -> dict[str, LendingPoint]:
        points = wished_points(self._session, wish)
        unknown = {wish.point, wish.return_point or wish.point} - set(points)
        if unknown:
            raise Refused([Refusal(RefusalCode.NO_SUCH_POINT, {"point": slug}) for slug in sorted(unknown)])
        return points

    def _record(self, wish: Wish, gathered: Gathered, borrower_id: UUID, by: UUID) -> Loan:
        now = gathered.application.now
        loan = Loan(
            number="".join(self._chance.choice(SPOKEN) for _ in range(7)),
            borrower_id=borrower_id,
            organisation_id=wish.organisation_id,
            point=gathered.point,
            return_point=gathered.return_point,
            pickup_at=gathered.application.period.start,
            return_at=gathered.application.period.end,
            state=LoanState.CONFIRMED if _automatic(gathered.policies.values()) else LoanState.REQUESTED,
            purpose=wish.purpose,
            project=wish.project,
            requested_at=now,
            requested_by_id=by,
        )
        for stock, units in gathered.lines:
            occupied = gathered.occupied(stock.id, loan.period)
            claim = Claim(stock=stock, kind=ClaimKind.LOAN, units=units, starts_at=occupied.start, ends_at=occupied.end)
            loan.lines.append(LoanLine(stock=stock, units=units, claims=[claim]))
        self._session.add(loan)
        return loan

    def _move(self, loan: Loan, gathered: Gathered) -> None:
        """Let a loan of which nothing is out be what was gathered, claims and all."""
        stock_of = {stock.model_id: stock for stock, _units in gathered.lines}
        for line in loan.lines:
            line.stock = stock_of[line.stock.model_id]
            occupied = gathered.occupied(line.stock.id, gathered.application.period)
            for claim in line.claims:
                claim.stock, claim.starts_at, claim.ends_at = line.stock, occupied.start, occupied.end
        if loan.point is not gathered.point:
            loan.state = LoanState.CONFIRMED if _automatic(gathered.policies.values()) else LoanState.REQUESTED
        loan.point, loan.return_point = gathered.point, gathered.return_point
        loan.pickup_at, loan.return_at = gathered.application.period.start, gathered.application.period.end
        loan.changed_at, loan.kept_for = gathered.application.now, None
        loan.revision += 1

    def _cannot_be_longer(self, loan: Loan, return_at: datetime) -> list[Refusal]:
        """Return why a loan cannot last until ``return_at``: the charter on its end, and whom it would cost."""
        if return_at <= self._clock.now():
            return [Refusal(RefusalCode.IN_THE_PAST)]
        if return_at <= loan.return_at:
            return [Refusal(RefusalCode.NOT_LONGER)]
        gathered = self._asked_anew(loan, return_at)
        now = gathered.application.now
        reasons = [reason for reason in refusals(gathered.application) if reason.code in ABOUT_LONGER]
        return reasons + [
            Refusal(RefusalCode.NOT_ENOUGH, {"equipment": line.stock.model.slug, "asked": line.units, "longer": True})
            for line in loan.lines
            if not self._can_stay(line, gathered.occupied(line.stock_id, gathered.application.period), now)
        ]

    def _longer_than_now(self, loan: Loan, return_at: datetime, reasons: Sequence[Refusal]) -> Alternatives:
        """Return other returns that would do, where one would mend every reason, the latest first.

        At most two: at the hour wished for, or as near to it as can be, and after a whole number of days.
        """
        mended = {reason.code for reason in reasons} <= (MENDED_ELSEWHEN | MENDED_SOONER) - {RefusalCode.IN_THE_PAST}
        if not mended:
            return Alternatives()
        desk = calendar(self._session, loan.return_point)
        found = {self._latest_return(loan, end) for end in (return_at, _due(loan, desk, desk.day_of(return_at)))}
        ends = sorted(filter(None, found), reverse=True)
        return Alternatives(tuple(Period(loan.pickup_at, end) for end in ends))

    def _to_the_minute(self, loan: Loan, desk: OpeningCalendar, latest: datetime) -> datetime:
        """Return until when it could be kept in the same opening, where that is later than ``latest``."""
        window = desk.window_at(latest)
        if window is None or window.end <= latest:
            return latest
        gathered, minute = self._asked_anew(loan, window.end), timedelta(minutes=1)
        now = gathered.application.now

        def is_taken(minutes: int) -> bool:
            longer = Period(loan.pickup_at, latest + minutes * minute)
            return not all(self._can_stay(one, gathered.occupied(one.stock_id, longer), now) for one in loan.lines)

        more = bisect_left(range(1, (window.end - latest) // minute + 1), True, key=is_taken)
        end = latest + more * minute
        return latest if self._cannot_be_longer(loan, end) else end

    def _latest_return(self, loan: Loan, return_at: datetime) -> datetime | None:
        """Return the latest return up to ``return_at``, at its hour or as near to it as can be, if any would do."""
        if return_at <= loan.return_at or return_at - loan.pickup_at > LONGEST:
            return None
        if not self._cannot_be_longer(loan, return_at):
            return return_at
        gathered = self._asked_anew(loan, return_at)
        now = gathered.application.now

        def is_free(period: Period) -> bool:
            return all(self._can_stay(line, gathered.occupied(line.stock_id, period), now) for line in loan.lines)

        ends = later_returns(gathered.application, max(loan.return_at, now), is_free)
        return next((end for end in ends if not self._cannot_be_longer(loan, end)), None)

    def _not_alone(self, policy_of: Mapping[UUID, Policy]) -> list[Refusal]:
        return [] if _automatic(policy_of.values()) else [Refusal(RefusalCode.DESK_DECIDES)]

    def _asked_anew(self, loan: Loan, return_at: datetime) -> Gathered:
        """Return the facts of a loan as if somebody asked for it now, until ``return_at``."""
        wish = replace(wish_of(loan), return_at=return_at)
        points = wished_points(self._session, wish)
        stocks = [line.stock for line in loan.lines]
        now = self._clock.now()
        return gather(self._session, wish, points, stocks, loan.borrower_id, self._certifications, now, without=loan.id)

    def _can_stay(self, line: LoanLine, longer: Period, now: datetime) -> bool:
        """Can what a line still occupies be occupied until the end of ``longer``, at nobody else's expense?"""
        out: dict[Hashable, int] = {}  # units of a lot may have left one after another
        for custody in (one for one in line.custodies if one.in_at is None):
            out[custody.item_id] = out.get(custody.item_id, 0) + custody.units
        waiting = loans.units_to_hand_out(line)
        ahead = Period(max(now, longer.start), longer.end)
        use = stock_uses(self._session, [line.stock_id], ahead, now, without_loan=line.loan_id)[line.stock_id]
        others = list(remaining(use.spoken_for, now))
        if out and not extendable(use.items, out, ahead, others):
            return False
        return not waiting or free_units(bind(use.items, out, ahead), others, ahead) >= waiting

    def _lengthen(self, line: LoanLine, ends_at: datetime, return_at: datetime) -> None:
        """Let what a line still occupies last longer; what is back stays back."""
        custody_of = {custody.claim_id: custody for custody in line.custodies}
        for claim in line.claims:
            custody = custody_of.get(claim.id)
            if claim.live and (custody is None or custody.in_at is None):
                claim.ends_at = ends_at
                if custody is not None:
                    custody.due_at = return_at

    def _decide(self, loan: Loan, state: LoanState, by: UUID | None, reason: str | None = None) -> None:
        loan.state, loan.reason = state, reason
        loan.decided_at, loan.decided_by_id = self._clock.now(), by
        loan.revision += 1

    def _release(self, loan: Loan) -> None:
        """Let go of exactly what this loan claimed."""
        for line in loan.lines:
            for claim in line.claims:
                claim.live = False
        self._session.flush()
        look_who_waits(self._session, self._clock, [line.stock_id for line in loan.lines])

    def _locked(self, loan_id: UUID, *states: LoanState) -> Loan:
        """Return the loan, alone with it and its stocks. Raises :class:`Refused` if it is in none of ``states``."""
        self._alone_with([loan_id])
        loan = loans.loan(self._session, loan_id)
        if loan is None:
            raise LookupError(f"there is no loan {loan_id}")
        if loan.state not in states:
            raise Refused([Refusal(RefusalCode.WRONG_STATE, {"state": loan.state})])
        return loan

    def _alone_with(self, loan_ids: Sequence[UUID]) -> None:
        lock(self._session, Loan, loan_ids)
        lined = select(LoanLine.stock_id).where(LoanLine.loan_id.in_(loan_ids))
        lock(self._session, Stock, self._session.scalars(lined).all())
        self._session.expire_all()

    def _lock_limits(self, loan_id: UUID) -> None:
        """A new end counts against what the borrower may have and what the desk can take, as a new wish does."""
        lock(self._session, Person, self._session.scalars(select(Loan.borrower_id).where(Loan.id == loan_id)))
        # asked when that is held: whoever changes the loan holds it, too, and may have moved the return
        lock(self._session, LendingPoint, self._session.scalars(select(Loan.return_point_id).where(Loan.id == loan_id)))


def _leaves_no_sooner(loan: Loan, wish: Wish) -> bool:
    """Has the desk had its notice of the wish already, by the loan that it is to replace?"""
    return wish.point == loan.point.slug and loan.pickup_at <= wish.pickup_at


def _due(loan: Loan, desk: OpeningCalendar, day: date) -> datetime:
    """Return the instant of a day until which a loan lasts a whole number of days."""
    return desk.moment(day, loan.pickup_at.astimezone(ZoneInfo(loan.point.zone)).time())


def _automatic(settled: Iterable[Policy]) -> bool:
    """Does nobody have to approve what these policies hold for?"""
    return all(policy.approval is Approval.AUTO for policy in settled)
