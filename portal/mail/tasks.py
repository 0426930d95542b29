"""Sending what is in the outbox."""


def includeme(config) -> None:
    config.add_task("mail.send", send)


def send(request, mail_id: str) -> None:
    raise NotImplementedError
