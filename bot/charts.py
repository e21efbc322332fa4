"""Draws a table of numbers as SVG, without scripts; pygal is loaded with the first drawing: `serve` stays small.

A drawing goes into a page as an image with words of its own (`alt`); the numbers stand in a table beside it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

WIDTH = 480  # a phone shows it at 336 points: letters of 17 stay readable
BAR, LEGEND, AROUND = 26, 24, 60  # heights of a bar, of a line of the legend, and of what is around them
COLUMNS_HIGH = 300
MOST_BARS = 25
LETTERS = 'Roboto, "Segoe UI", "Noto Sans", Arial, sans-serif'
COLOURS = ("#0f5b57", "#c27a00", "#b3261e")  # dark, middle, bright: told apart in grey as well
TWO = (COLOURS[0], COLOURS[2])
_SCRIPT = re.compile(r"<script\b.*?</script>", re.S)  # pygal writes its settings as one; nothing of ours runs
HORIZONTAL, VERTICAL, STACKED = "bars", "columns", "stacked"
LONGEST_NAME = 22

Series = tuple[str, tuple[float | None, ...]]


@lru_cache(maxsize=256)
def drawn(kind: str, names: tuple[str, ...], series: tuple[Series, ...]) -> str:
    """The drawing as an address that an `img` takes; at most 25 bars, the first ones."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(kind, names, series).encode()).decode("ascii")


def svg(kind: str, names: Sequence[str], series: Sequence[Series]) -> str:
    """The drawing itself."""
    import pygal

    kinds = {HORIZONTAL: pygal.HorizontalBar, VERTICAL: pygal.Bar, STACKED: pygal.StackedBar}
    high = COLUMNS_HIGH + LEGEND * len(series)
    if kind == HORIZONTAL:  # drawn from below
        names = list(names[:MOST_BARS])[::-1]
        series = [(label, values[:MOST_BARS][::-1]) for label, values in series]
        high = AROUND + (BAR * len(names) + LEGEND) * len(series)
    chart = kinds[kind](
        width=WIDTH,
        height=high,
        js=[],
        style=_style(TWO if len(series) == 2 else COLOURS),
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=1,
        print_values=kind == HORIZONTAL,
        print_zeroes=False,
        show_minor_x_labels=False,
        margin=8,
        spacing=8,
        truncate_legend=-1,
        truncate_label=-1,
        pretty_print=False,
        disable_xml_declaration=True,
        x_labels_major_every=3 if kind != HORIZONTAL and len(names) > 8 else None,
        value_formatter=_number,
    )
    chart.x_labels = [_short(name) for name in names]
    for label, values in series:
        chart.add(label, list(values))
    return _SCRIPT.sub("", str(chart.render(is_unicode=True)))


def _style(colours: Sequence[str]) -> Any:
    from pygal.style import Style

    return Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground="#1f2a2c",
        foreground_strong="#1f2a2c",
        foreground_subtle="#c9c9c9",
        colors=tuple(colours),
        opacity="1",
        font_family=LETTERS,
        value_font_family=LETTERS,
        label_font_size=16,
        major_label_font_size=16,
        legend_font_size=17,
        value_font_size=16,
        value_colors=("#ffffff",) * len(COLOURS),
        no_data_font_size=18,
        transition="0s",
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _number(value: float | None) -> str:
    """1234.5 as 1.234,5."""
    if value is None:
        return ""
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,"))
