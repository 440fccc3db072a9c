"""How a chart of ours looks: legible without colour, the same file from the same figures.

Series differ in marker, dash and shade at once, so that a print in grey still tells them apart.
matplotlib is loaded when something is drawn, and only then: who draws nothing need not have it.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zk.errors import Conflict
from zk.formats.files import write_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Marker, dash and colour, in the order in which series take them: from dark to light.
STYLES: Final[tuple[dict[str, Any], ...]] = (
    {"marker": "o", "linestyle": "-", "color": "#111111"},
    {"marker": "s", "linestyle": "--", "color": "#1f4e8c"},
    {"marker": "^", "linestyle": "-.", "color": "#b0413e"},
    {"marker": "D", "linestyle": ":", "color": "#5a8f3c"},
    {"marker": "v", "linestyle": (0, (6, 2, 1, 2)), "color": "#b8860b"},
    {"marker": "P", "linestyle": (0, (1, 1)), "color": "#8fa3b8"},
    {"marker": "X", "linestyle": (0, (9, 3)), "color": "#4b3b7a"},
    {"marker": "*", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "color": "#2f7f7f"},
    {"marker": "<", "linestyle": (0, (9, 2, 2, 2)), "color": "#a05a8c"},
)
#: Fills of bars and stacks, each with its hatching.
FILLS: Final[tuple[dict[str, Any], ...]] = (
    {"color": "#24364b", "hatch": ""},
    {"color": "#5f7f9f", "hatch": "//"},
    {"color": "#a9bccd", "hatch": ".."},
    {"color": "#e3d5b8", "hatch": "\\\\"},
    {"color": "#c58f5c", "hatch": "xx"},
    {"color": "#ffffff", "hatch": "--"},
)
_SETTINGS: Final = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    # Text stays text: it can be searched, and a test reads it.
    "svg.fonttype": "none",
    "svg.hashsalt": "tacit",
}


def figure(width: float = 7.0, height: float = 4.2, columns: int = 1) -> tuple[Figure, list[Any]]:
    """An empty figure of so many inches, and its axes from left to right."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise Conflict(
            "charts", expected="matplotlib, as in pip install 'tacit[plot]'", actual="none"
        ) from None
    with mpl.rc_context(_SETTINGS):
        drawn = Figure(figsize=(width, height), layout="constrained")
        return drawn, list(drawn.subplots(1, columns, squeeze=False)[0])


def save(drawn: Figure, path: Path) -> tuple[Path, Path]:
    """Writes the figure as SVG and as PNG, whichever of the two the path names."""
    import matplotlib as mpl

    files = {}
    for suffix, more in (".svg", {"metadata": {"Date": None}}), (".png", {"dpi": 160}):
        buffer = BytesIO()
        with mpl.rc_context(_SETTINGS):
            drawn.savefig(buffer, format=suffix[1:], **more)
        files[path.with_suffix(suffix)] = buffer.getvalue()
    write_files(files)
    svg, png = files
    return svg, png
