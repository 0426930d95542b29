"""XML that is always well formed: whatever no XML can hold is left out of the texts."""

from xml.etree.ElementTree import Element, SubElement, tostring

from portal.index.feeds import NOT_XML


def add(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    """Add an element with this text and return it."""
    made = SubElement(parent, name, {key: clean(value) for key, value in attributes.items()})
    if text is not None:
        made.text = clean(text)
    return made


def add_said(parent: Element, name: str, text: str, /, **attributes: str) -> None:
    """Add an element unless there is nothing to say in it."""
    if text.strip():
        add(parent, name, text, **attributes)


def clean(text: str) -> str:
    return NOT_XML.sub("", text)


def degrees(value: float) -> str:
    """Return a coordinate to the centimetre, never in powers of ten."""
    return f"{value:.7f}"


def written(root: Element) -> bytes:
    return tostring(root, encoding="utf-8", xml_declaration=True)
