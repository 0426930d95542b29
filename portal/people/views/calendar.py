"""What calendar programs fetch: a person's loans and sessions, at an address that only they know."""

from datetime import timedelta
from hashlib import sha256

from pyramid.response import Response
from pyramid.view import view_config

from portal.i18n import OFFERED, _, speaking
from portal.people.calendar import feed
from portal.people.contexts import DiaryContext
from portal.people.permissions import Persons
from portal.ports.agenda import Agenda

LOOKS_BACK = timedelta(days=90)


@view_config(route_name="calendar", request_method="GET", permission=Persons.READ_DIARY)
def diary(context: DiaryContext, request) -> Response:
    """Return the diary, in its owner's language: calendar programs do not say which one their reader wants."""
    language, since = context.owner.language, request.clock.now() - LOOKS_BACK
    settings = request.registry.portal_settings
    with speaking(request, language if language in OFFERED else OFFERED[0]):
        appointments = [
            appointment
            for agenda in request.ask_all(Agenda)
            for appointment in agenda.appointments(context.owner.id, since)
        ]
        name = request.localizer.translate(_("My loans and sessions"))
    appointments.sort(key=lambda appointment: (appointment.starts_at, appointment.uid))
    body = feed(appointments, f"{name} · {request.city.name}", settings.base_url)
    response = Response(body=body, content_type="text/calendar", charset="utf-8", conditional_response=True)
    response.cache_control = "private, no-cache"
    response.etag = (sha256(body).hexdigest()[:32], False)
    response.content_disposition = 'inline; filename="calendar.ics"'
    return response
