"""The first page: what the portal is for, the way through it, and what is worth a look this week."""

from typing import Any

from pyramid.view import view_config

from portal.i18n import _
from portal.pages.permissions import Pages
from portal.pages.queries import this_week
from portal.ports.figures import Figure, Figures, LoopStep

STEPS = {
    LoopStep.LEARN: _("Learn"),
    LoopStep.BORROW: _("Borrow"),
    LoopStep.MAKE: _("Make"),
    LoopStep.SHARE: _("Share"),
}


@view_config(
    route_name="home",
    request_method="GET",
    permission=Pages.READ,
    renderer="portal:templates/portal/pages/home.jinja2",
    public=True,
)
class Home:
    """What a visitor sees first."""

    def __init__(self, request) -> None:
        self.request = request

    def __call__(self) -> dict[str, Any]:
        kinds = self.request.registry.index_kinds
        return {
            "stages": self.stages(),
            "entries": this_week(self.request.db, list(kinds), self.request.clock.now()),
            "kinds": kinds,
        }

    def stages(self) -> list[dict[str, Any]]:
        """Return the steps of the loop, each with what a feature says of it, if one does."""
        told: dict[LoopStep, Figure] = {}
        for feature in self.request.ask_all(Figures):
            told |= {figure.step: figure for figure in feature.figures()}
        return [
            {
                "step": step.value,
                "label": self.request.localizer.translate(label),
                "words": told[step].sentence if step in told else None,
                "url": self.request.script_name + told[step].path if step in told else None,
            }
            for step, label in STEPS.items()
        ]
