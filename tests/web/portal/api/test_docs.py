"""The page that describes the API says what the document says, without a script."""


def test_every_operation_is_on_the_page(browse, config):
    page = browse.get("/api/docs").html
    for path, operations in config.registry.openapi["paths"].items():
        for method in set(operations) - {"parameters"}:
            assert page.find("h3", string=f"{method.upper()} {path}")


def test_every_link_on_the_page_leads_somewhere(browse):
    page = browse.get("/api/docs").html
    names = {tag["id"] for tag in page.find_all(id=True)}
    inside = [link["href"][1:] for link in page.find_all("a", href=True) if link["href"].startswith("#")]
    assert inside
    assert set(inside) <= names


def test_the_page_needs_no_script_of_its_own(browse):
    page = browse.get("/api/docs").html
    assert {script["src"].split("?")[0] for script in page.find_all("script")} <= {"/static/portal/js/focus.js"}
    assert page.select("table caption")
