"""Lending rules: for the city, a category, a model, a point, a model at a point. What is left empty is inherited."""

from collections.abc import Mapping
from typing import Any

from pyramid.view import view_config, view_defaults

from equipment_lending.permissions import Lending
from equipment_lending.queries.layers import Subject, inherited, layer_of, settings_of
from equipment_lending.rules.policy import SETTINGS
from equipment_lending.schemas.managing import APPROVALS, COUNTS, NONE_NEEDED, RulesSchema
from equipment_lending.views.managing import TEMPLATES, Managing
from equipment_lending.views.words import training_words
from portal.i18n import _

SECTIONS = (
    (_("How long"), ("max_days", "min_minutes", "closed_days", "span_closed")),
    (_("Who may, and who says so"), ("requires", "approval")),
    (_("How far ahead"), ("lead_days", "horizon_days")),
    (_("How much for one person"), ("max_units_per_person", "max_days_in_period", "fair_use_period_days")),
    (_("Time around a loan"), ("buffer_before_minutes", "buffer_after_minutes", "whole_days", "no_show_grace_minutes")),
)
"""The rules as the page groups them."""


@view_defaults(renderer=TEMPLATES + "rules.jinja2", permission=Lending.MANAGE_FLEET)
class Rules(Managing):
    """The rules written for one subject, each beside what holds where nothing is written."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.subject: Subject = context.subject
        policy = inherited(request.db, self.subject)
        otherwise = {name: self._otherwise(name, getattr(policy, name)) for name in SETTINGS}
        self.rules = self.form(RulesSchema(), otherwise=otherwise)

    @view_config(route_name="lending.manage.rules", request_method="GET")
    @view_config(route_name="lending.manage.category.rules", request_method="GET")
    @view_config(route_name="lending.manage.model.rules", request_method="GET")
    @view_config(route_name="lending.manage.point.rules", request_method="GET", permission=Lending.MANAGE_POINT)
    @view_config(route_name="lending.manage.model.point.rules", request_method="GET", permission=Lending.MANAGE_POINT)
    def show(self):
        settings = settings_of(layer_of(self.request.db, self.subject))
        self.fill(self.rules, {name: _shown(name, value) for name, value in settings.items() if value is not None})
        return self._page()

    @view_config(route_name="lending.manage.rules", request_method="POST")
    @view_config(route_name="lending.manage.category.rules", request_method="POST")
    @view_config(route_name="lending.manage.model.rules", request_method="POST")
    @view_config(route_name="lending.manage.point.rules", request_method="POST", permission=Lending.MANAGE_POINT)
    @view_config(route_name="lending.manage.model.point.rules", request_method="POST", permission=Lending.MANAGE_POINT)
    def send(self):
        if not self.done(self.rules, lambda sent: self.catalogue.set_rules(self.subject, _settled(sent))):
            return self._page()
        return self.saved(self.request.matched_route.name, **self.request.matchdict)

    def _otherwise(self, name: str, value: object) -> str:
        """Return in words what holds where the subject's own rules say nothing."""
        say = self.request.localizer.translate
        words = _words(name, value)
        return say(_("If empty: ${value}", mapping={"value": say(words) if isinstance(words, str) else words}))

    def _page(self):
        about = self._about()
        return {
            "title": self._title([name for name, _url in about]),
            "trail": self.trail(*about, (_("Rules"), None)),
            "form": self.rules,
            "sections": SECTIONS,
        }

    def _title(self, names: list[str]) -> str:
        """Return what the rules are for: «Rules: Documentary camera, Maison de quartier»."""
        colon = self.request.words.colon
        return self.said(_("Rules")) + colon + ", ".join(names) if names else self.said(_("Rules for the city"))

    def _about(self) -> list[tuple[str, str | None]]:
        """Return the names of what the rules are for, and their pages."""
        path, words, found = self.request.route_path, self.request.words, []
        if category := getattr(self.context, "category", None):
            found.append((words.of(category.name), path("lending.manage.category", slug=category.slug)))
        if model := getattr(self.context, "model", None):
            found.append((words.of(model.name), path("lending.equipment", slug=model.slug)))
        if point := getattr(self.context, "point", None):
            found.append((point.name, path("lending.desk", slug=point.slug)))
        return found


def _shown(name: str, value: Any) -> object:
    """Return a setting as the form shows it."""
    if name == "requires":
        return " ".join(value) or NONE_NEEDED
    return str(value).lower() if isinstance(value, bool) else value


def _settled(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent as settings; None leaves one to others."""
    settings = dict(sent)
    if settings["requires"] is not None:
        settings["requires"] = sorted({slug for slug in settings["requires"].split() if slug != NONE_NEEDED})
    for name in ("span_closed", "whole_days"):
        if settings[name] is not None:
            settings[name] = settings[name] == "true"
    return settings


def _words(name: str, value: Any) -> object:
    labels: dict[object, object] = dict(APPROVALS) | dict(COUNTS)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "requires":
        return ", ".join(training_words(slug) for slug in sorted(value)) or _("none")
    if value is None:
        return _("no limit")
    return labels.get(value, value)
