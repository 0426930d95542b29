"""Forms: what people send us, asked for and answered so that everyone can fill it in.

A page makes a form from a colander schema (``request.new_form``), reads what was sent (:func:`submitted`), and may
put a rule's no beside the field it concerns (:func:`fail`). Controls are named by the path to their field
(``lines.0.units``). Deform gives the tree of fields and the validation; every template and widget is ours.
"""

from pyramid.events import NewRequest

from portal.forms.controls import close_uploads
from portal.forms.form import Button, Proposal, fail, new_form, submitted, typed

__all__ = ["Button", "Proposal", "fail", "new_form", "submitted"]


def includeme(config) -> None:
    config.add_request_method(new_form)
    config.add_request_method(typed, reify=True)
    config.add_subscriber(lambda event: event.request.add_finished_callback(close_uploads), NewRequest)
