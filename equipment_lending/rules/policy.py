"""Article 7: which setting holds where. A city writes layers; the most specific one that settles a question wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from equipment_lending.terms import Approval, ClosedDays


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every setting of the charter, with the value that holds where a city has said nothing.

    None means that there is no such limit.
    """

    min_minutes: int = 0  # the shortest loan
    max_days: int = 30  # the longest loan, in days as article 5 counts them
    horizon_days: int = 365  # how far ahead a pick-up may be asked for, in civil days
    lead_days: int = 0  # working days the desk needs between request and pick-up
    buffer_before_minutes: int = 0  # time to prepare, before the pick-up
    buffer_after_minutes: int = 0  # time to turn around, after the return
    whole_days: bool = False  # does a loan occupy every day it touches from midnight to midnight?
    approval: Approval = Approval.AUTO
    max_units_per_person: int | None = None  # at one time, of one equipment
    max_days_in_period: int | None = None  # days of loan within fair_use_period_days, of one equipment
    fair_use_period_days: int = 30
    closed_days: ClosedDays = ClosedDays.ALL  # how closed days count towards the length of a loan
    span_closed: bool = True  # may a loan contain a closed day at all?
    requires: frozenset[str] = frozenset()  # slugs of achievements the borrower must hold at pick-up
    no_show_grace_minutes: int = 60  # how long after its window a pick-up is still waited for


DEFAULT = Policy()
SETTINGS = tuple(setting.name for setting in fields(Policy))


def effective(layers: Iterable[Mapping[str, Any]], default: Policy = DEFAULT) -> Policy:
    """Return the policy that holds, setting by setting.

    ``layers`` go from the least to the most specific: city, category, model, point, model at that point. A setting
    that a layer lacks, or that is None there, is left to the layers before it. Raises ``TypeError`` on an unknown one.
    """
    settled = {name: value for layer in layers for name, value in layer.items() if value is not None}
    if "requires" in settled:
        settled["requires"] = frozenset(settled["requires"])
    return replace(default, **settled)
