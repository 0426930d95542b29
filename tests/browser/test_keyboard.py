"""Borrowing, and listening to a trail, without a mouse: Tab, Enter, Space and letters, and nothing else."""

import pytest

from tests.factories import lending, maps, people, sounds
from tests.factories.people import PASSWORD

FOCUSED = """() => {
  const it = document.activeElement, style = getComputedStyle(it), after = getComputedStyle(it, "::after");
  const own = it.matches("input:focus-within:not(:focus)");  // the browser's button in a date, which it outlines
  const drawn = (one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2;
  const box = it.getBoundingClientRect();
  return {
    name: (it.labels?.[0] ?? it).textContent.replace(/\\s+/g, " ").trim(),
    control: it.name ?? "", kind: it.localName, where: it.id,
    seen: it === document.body || ((own || drawn(style) || drawn(after)) && box.bottom > 0 && box.top < innerHeight),
  };
}"""
MANY = 120


class Keyboard:
    """Somebody who moves through pages with the keyboard alone. Being lost, or caught, fails the test."""

    def __init__(self, page) -> None:
        self.page = page
        self.keys = 0
        """How many keys were pressed."""

    @property
    def here(self) -> dict:
        return self.page.evaluate(FOCUSED)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def tab(self) -> dict:
        self.press("Tab")
        here = self.here
        assert here["seen"], f"the focus cannot be seen: {here}"
        return here

    def to(self, **wanted: str) -> None:
        """Press Tab until the focus is on what has this ``name`` (its beginning) or is this ``control``."""
        for _ in range(MANY):
            here = self.tab()
            if all(here[key].startswith(value) for key, value in wanted.items()):
                return
        raise AssertionError(f"the keyboard never came to {wanted}")

    def write(self, control: str, text: str) -> None:
        self.to(control=control)
        self.page.keyboard.type(text)
        self.keys += len(text)

    def follow(self, key: str = "Enter", **wanted: str) -> None:
        self.to(**wanted)
        with self.page.expect_navigation():
            self.press(key)

    def skip(self) -> None:
        """Go past the head of the page, unless the address leads past it already."""
        if self.page.url.endswith("#main"):
            return
        self.tab()
        with self.page.expect_navigation():
            self.press("Enter")
        assert self.here["where"] == "main"


@pytest.fixture(scope="module")
def lent(site):
    """Two recorders, and somebody who may have one of them."""
    with site.session() as session:
        stock = lending.stock(session, units=2, of=lending.model(session, slug="enregistreur"))
        lending.policy(session, model_id=stock.model_id, max_units_per_person=1)
        lending.listed(session, stock.model, stock.point)
        people.person(session, name="Maëlle Abalea", email="maelle@example.org", password=PASSWORD)


@pytest.fixture
def keyboard(site, lent, page_of):
    return Keyboard(page_of(site.address, width=1280, locale="en-GB"))


def test_a_recorder_is_borrowed_without_a_mouse(keyboard):
    page = keyboard.page

    # The first thing is the way past the head of the page.
    assert keyboard.tab()["name"] == "Skip to the content"
    page.keyboard.press("Enter")
    assert keyboard.here["where"] == "main"
    keyboard.write("q", "enregistreur")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keyboard.follow(name="Field recorder")

    # A day of the calendar fills the form in, and the focus stays where one was.
    keyboard.follow(name="27")
    keyboard.follow(name="29")
    assert page.input_value("#borrow [name=pickup]") == "2026-10-27"
    assert page.input_value("#borrow [name=return]") == "2026-10-29"

    # A browser writes a date in three parts; Tab goes from one to the next, and out again.
    keyboard.to(control="units")
    page.keyboard.press("ArrowUp")
    assert page.input_value("#borrow [name=units]") == "2"
    keyboard.write("purpose", "Une balade sonore")
    keyboard.follow(name="Sign in to borrow")
    keyboard.write("email", "maelle@example.org")
    keyboard.write("password", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    # What is wrong is where the focus is; from there one is at the field with two keys.
    keyboard.follow(name="Borrow", kind="button")
    assert page.evaluate("() => document.activeElement.matches('.summary')")
    keyboard.tab()
    page.keyboard.press("Enter")
    assert keyboard.here["control"] == "units"
    page.keyboard.press("ArrowDown")
    keyboard.follow("Space", name="Borrow", kind="button")
    assert "What happens now" in page.locator("main").inner_text()

    # She changes her mind: what is folded opens with the keyboard, too.
    keyboard.to(name="Cancel this loan", kind="summary")
    page.keyboard.press("Enter")
    keyboard.follow(name="Cancel this loan", kind="button")
    assert "cancelled" in page.locator("main .tag").first.inner_text()


def test_the_focus_goes_down_the_page_and_out_of_it_again(keyboard):
    """In the order in which one reads, through everything, and caught by nothing."""
    page = keyboard.page
    page.goto(f"{page.url}equipment/enregistreur")
    names = []
    for _ in range(MANY):
        here = keyboard.tab()
        if here["kind"] == "body":
            break
        names.append(here["name"])
    assert here["kind"] == "body", "the browser's own controls come after the last link"
    in_order = [
        "Skip to the content",
        "Sign in",
        "November 2026",
        "Pick-up",
        "How many",
        "Sign in to borrow",
        "Legal notice",
    ]
    assert [name for name in dict.fromkeys(names) if name in in_order] == in_order


# Fifty trails ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fifty(site):
    """Fifty trails, each with a sound."""
    store = site.registry.media_store
    with site.session() as session:
        tone = sounds.heard(session, store, 2.0, title="La corne de brume")
        for number in range(1, 51):
            title = {"fr": f"Balade numéro {number:02d}"}
            at = -4.52 + 0.02 * (number % 5), 48.37 + 0.004 * (number // 5)
            maps.trail(session, maps.stop("01", *at, title={"fr": "Le quai"}, media=(tone.id,)), title=title, line=())


def listen(keyboard, most: int) -> None:
    """Let the first sound of the trail's page play, and see that it took no more than so many keys."""
    keyboard.skip()
    keyboard.to(kind="audio")
    keyboard.press("Space")
    keyboard.page.wait_for_function("() => [...document.querySelectorAll('audio')].some((one) => one.currentTime > 0)")
    assert keyboard.keys <= most


@pytest.mark.parametrize(("path", "most"), [("/trails", 40), ("/map", 60)])
def test_any_of_fifty_trails_is_found_by_a_word_and_heard(site, fifty, page_of, path, most):
    keyboard = Keyboard(page_of(f"{site.address}{path}", width=1280, locale="fr-FR"))
    keyboard.skip()
    keyboard.write("q", "numéro 37")
    with keyboard.page.expect_navigation():
        keyboard.press("Enter")
    keyboard.skip()
    keyboard.follow(name="Balade numéro 37")
    listen(keyboard, most)


@pytest.mark.parametrize(("path", "most"), [("/trails", 110), ("/map", 290)])
def test_any_of_fifty_trails_is_reached_by_going_down_the_list(site, fifty, page_of, path, most):
    keyboard = Keyboard(page_of(f"{site.address}{path}", width=1280, locale="fr-FR"))
    wanted, further = "Balade numéro 50", "Page suivante"
    name = ""
    while not name.startswith(wanted):
        keyboard.skip()
        name = ""
        while not name.startswith((wanted, further)):
            name = keyboard.tab()["name"]
            if name.startswith("Passer la carte"):
                keyboard.press("Enter")
            assert keyboard.keys <= most
        with keyboard.page.expect_navigation():
            keyboard.press("Enter")
    listen(keyboard, most)
