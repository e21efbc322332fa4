"""The forms of a page as a browser without scripts would post them."""

from __future__ import annotations

from html.parser import HTMLParser


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.actions: list[str] = []
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
            self.actions.append(given.get("action", ""))
        elif self.forms and tag == "input" and given.get("name"):
            self.forms[-1][given["name"]] = given.get("value", "")
        elif self.forms and tag == "textarea":
            self._textarea = given["name"]
            self.forms[-1][self._textarea] = ""
        elif self.forms and tag == "select":
            self._select = given["name"]
        elif self._select and tag == "option" and ("selected" in given or self._select not in self.forms[-1]):
            self.forms[-1][self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.forms[-1][self._textarea] += data


def form_in(page: str, action: str) -> dict[str, str]:
    """What the form with this action would send as it stands."""
    found = _Forms()
    found.feed(page)
    return found.forms[found.actions.index(action)]
