"""Running the portal: serving it, seeing whether it is well, backing it up and bringing it back."""


def includeme(config) -> None:
    config.include("portal.operations.tasks")
