"""Running the portal: serving it, seeing whether it is well, backing it up and bringing it back."""


def includeme(_config) -> None:
    """All that is here are commands."""
