"""What a reader does on any page, and hears from it."""

import re


def press(page, name: str) -> None:
    """Press the button or link of this name in the main part, and wait for the page that it leads to."""
    named = re.compile("^" + re.escape(name).replace(":", r"\s?:") + "$")
    with page.expect_navigation():
        buttons, links = (page.locator("main").get_by_role(role, name=named) for role in ("button", "link"))
        buttons.or_(links).first.click()


def fill(page, **given: str) -> None:
    """Write into the fields of these names."""
    for name, value in given.items():
        page.fill(f"main [name='{name}']", value)


def told(page) -> str:
    """Return what the page says of what was just done."""
    return page.locator(".flash").inner_text()


def main(page) -> str:
    return page.locator("main").inner_text()
