# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Bars with whiskers, as SVG."""
from dataclasses import dataclass
from html import escape
from pathlib import Path

from answering import figures
from answering.figures import Figures, Spread

WIDTH, LEFT, RIGHT = 900, 210, 150  # of the whole, of the labels, of the values
BAR, GAP, TITLE, AXIS = 18, 8, 44, 40
CPU_UNIT = "µs per query, median (least–most)"
OURS, OTHERS, FLOOR = "#1f6f8b", "#b0b7bf", "#e0b050"


@dataclass
class Bar:
    label: str
    value: Spread
    colour: str


@dataclass
class Panel:
    """Bars with one axis. `limit`: what the axis ends at; bars beyond it are cut off, and say so."""

    title: str
    unit: str
    bars: list
    limit: float

    @property
    def height(self) -> int:
        return TITLE + len(self.bars) * (BAR + GAP) + AXIS


def step(limit: float) -> float:
    """Between two lines of the axis: 1, 2 or 5 times a power of ten, so that there are four to ten."""
    size = 10.0 ** len(str(int(limit)))
    return next(size * part for part in (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01) if limit / (size * part) >= 4)


def panel_svg(panel: Panel, top: int) -> list:
    scale = (WIDTH - LEFT - RIGHT) / panel.limit
    bottom = top + TITLE + len(panel.bars) * (BAR + GAP)

    def at(value: float) -> float:
        return LEFT + scale * min(value, panel.limit)

    out = [f'<text x="10" y="{top + 22}" class="title">{escape(panel.title)}</text>']
    line, every = 0.0, step(panel.limit)
    while line <= panel.limit * 1.0001:
        out += [f'<line x1="{at(line):.1f}" y1="{top + TITLE - 6}" x2="{at(line):.1f}" y2="{bottom}" class="grid"/>',
                f'<text x="{at(line):.1f}" y="{bottom + 14}" class="axis">{line:g}</text>']
        line += every
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{bottom + 30}" class="axis">{escape(panel.unit)}</text>')
    for number, bar in enumerate(panel.bars):
        y = top + TITLE + number * (BAR + GAP)
        middle = y + BAR / 2
        out += [f'<text x="{LEFT - 8}" y="{middle + 4}" class="label">{escape(bar.label)}</text>',
                f'<rect x="{LEFT}" y="{y}" width="{at(bar.value.middle) - LEFT:.1f}" height="{BAR}" fill="{bar.colour}"/>']
        if bar.value.high <= panel.limit:
            low, high = at(bar.value.low), at(bar.value.high)
            out += [f'<line x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}" class="whisker"/>',
                    *(f'<line x1="{end:.1f}" y1="{middle - 4}" x2="{end:.1f}" y2="{middle + 4}" class="whisker"/>'
                      for end in (low, high))]
        beyond = "→ " if bar.value.middle > panel.limit else ""
        end = at(bar.value.high) + 8
        out.append(f'<text x="{end:.1f}" y="{middle + 4}">{beyond}{escape(bar.value.text())}</text>')
    return out


def colour(who: str) -> str:
    return OURS if who.startswith("failover") else FLOOR if who.startswith("null") else OTHERS


def thousands(value: Spread) -> Spread:
    return Spread(value.middle / 1000, value.low / 1000, value.high / 1000)


def panels(seen: Figures) -> list:
    found = []
    bars = [Bar(who, value, colour(who)) for who in dict.fromkeys(row["who"] for row in seen.rows if row["table"] == "main")
            if (value := seen.spread("cpu_us", **seen.main(who)))]
    if bars:
        found.append(panel("Server CPU per query: 1,000 names with 4 addresses each", CPU_UNIT, bars))
    for denial in ("NSEC", "NSEC3"):
        bars = [Bar(f"{kind.split()[1]}, {who}", value, colour(who)) for kind in figures.SIGNED_KINDS if kind.split()[0] == denial
                for who in figures.SIGNED if (value := seen.spread("cpu_us", **seen.signed(who, kind)))]
        if bars:
            found.append(panel(f"The same zone signed, {denial}, caches off", CPU_UNIT, bars))
    bars = [Bar(f"{count} thread{'s'[:count - 1]}, {who}", thousands(value), colour(who))
            for count in figures.THREADS for who in (figures.FRESH, figures.NULL)
            if (value := seen.spread("per_second", table="threads", who=who, kind=count))]
    if bars:
        found.append(panel("Receiver threads", "thousand queries per second, median (least–most)", bars))
    return found


def panel(title: str, unit: str, bars: list) -> Panel:
    """One bar that is many times as long as all others would leave nothing of them to see."""
    highs = sorted(bar.value.high for bar in bars)
    far = len(highs) > 2 and highs[-1] > 4 * highs[-2]
    return Panel(title, unit, bars, 1.05 * highs[-2] if far else highs[-1])


def write_svg(seen: Figures, machine: str, path: Path):
    parts, top = [], 34
    for one in panels(seen):
        parts += panel_svg(one, top)
        top += one.height + 10
    path.write_text(f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}">
<style>
text {{ font: 12px sans-serif; fill: #222; }} .title {{ font-size: 15px; font-weight: bold; }} .label {{ text-anchor: end; }}
.axis {{ text-anchor: middle; fill: #555; }} .grid {{ stroke: #ddd; }} .whisker {{ stroke: #222; stroke-width: 1.2; }}
</style>
<rect width="{WIDTH}" height="{top}" fill="#fff"/>
<text x="10" y="20">{escape(machine)}</text>
{chr(10).join(parts)}
</svg>
""", encoding="utf-8")
