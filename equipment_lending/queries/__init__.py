"""The read side of lending: what a page, an API answer or a decision needs to know, as rows and small dataclasses."""
