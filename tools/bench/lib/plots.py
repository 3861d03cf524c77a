# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Bar charts as SVG: light and dark pages, no library.
import math
from xml.sax.saxutils import escape

COLOURS = ("#2f6fb2", "#d9822b", "#4f9d69", "#a05195", "#7a7a7a")
ROW, GAP, LEFT, RIGHT, TOP, BOTTOM, WIDTH = 13, 9, 170, 60, 56, 30, 860
STYLE = ("text{font:12px sans-serif;fill:#333}.title{font-size:15px;font-weight:bold}.axis{stroke:#999;stroke-width:1}"
         ".grid{stroke:#ccc;stroke-width:.5}.one{stroke:#c00;stroke-width:1.2}"
         "@media(prefers-color-scheme:dark){text{fill:#ccc}.grid{stroke:#444}}")


def _steps(low, high):
    """Values of a logarithmic axis from low to high: halves, doubles and some between."""
    marks = [0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 50, 100, 200, 500, 1000]
    return [mark for mark in marks if low <= mark <= high]


def bars(title, note, groups, series, mark=1.0):
    """Horizontal bars on a logarithmic axis from `mark`.

    groups: (label, {name of series: value}); series: names in the order of the legend. Returns the text of the file.
    """
    values = [value for _, found in groups for value in found.values()] + [mark]
    low, high = min(values) / 1.1, max(values) * 1.1
    span = math.log(high / low)

    def across(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(value / low) / span

    height = TOP + sum(ROW * max(1, len(found)) + GAP for _, found in groups) + BOTTOM
    text = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">',
            f"<style>{STYLE}</style>", f'<text class="title" x="8" y="20">{escape(title)}</text>', f'<text x="8" y="38">{escape(note)}</text>']
    for number, name in enumerate(series):
        x = WIDTH - 125 * (len(series) - number)
        text.append(f'<rect x="{x}" y="10" width="10" height="10" fill="{COLOURS[number % len(COLOURS)]}"/>'
                    f'<text x="{x + 14}" y="19">{escape(name)}</text>')
    for step in _steps(low, high):
        kind = "one" if step == mark else "grid"
        text.append(f'<line class="{kind}" x1="{across(step):.1f}" y1="{TOP - 8}" x2="{across(step):.1f}" y2="{height - BOTTOM}"/>'
                    f'<text x="{across(step):.1f}" y="{height - BOTTOM + 16}" text-anchor="middle">{step:g}x</text>')
    y = TOP
    for label, found in groups:
        rows = [name for name in series if name in found]
        middle = y + ROW * max(1, len(rows)) / 2 + 4
        text.append(f'<text x="{LEFT - 8}" y="{middle:.1f}" text-anchor="end">{escape(label)}</text>')
        for name in rows:
            start, end = sorted((across(mark), across(found[name])))
            colour = COLOURS[series.index(name) % len(COLOURS)]
            text.append(f'<rect x="{start:.1f}" y="{y + 1:.1f}" width="{max(end - start, 1):.1f}" height="{ROW - 2}" fill="{colour}"/>'
                        f'<text x="{across(max(found[name], mark)) + 4:.1f}" y="{y + ROW - 3:.1f}">{found[name]:.2f}</text>')
            y += ROW
        y += GAP + (0 if rows else ROW)
    text.append("</svg>")
    return "\n".join(text) + "\n"
