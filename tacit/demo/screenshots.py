"""Pictures of the scenarios: `python -m tacit.demo.screenshots DIR` writes them.

What the picture shows is what a terminal of that width shows; times differ from run to run.
"""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from tacit.demo.command import SCENARIOS
from tacit.demo.stage import Stage
from zk.backends import Choice, select

_WIDTH: Final = 92
_SEED: Final = 7
_FONT_FACE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
#: Dark on light, and legible in greyscale.
_THEME: Final = TerminalTheme(
    (255, 255, 255),
    (32, 32, 32),
    [
        (0, 0, 0),
        (170, 30, 30),
        (20, 110, 50),
        (140, 100, 0),
        (30, 70, 160),
        (120, 40, 120),
        (0, 110, 120),
        (90, 90, 90),
    ],
)


def picture(name: str) -> str:
    """The scenario, played, as SVG."""
    console = Console(record=True, width=_WIDTH, file=StringIO(), highlight=False)
    with TemporaryDirectory() as folder:
        stage = Stage.set(console, Path(folder) / "demo.ledger", select(Choice.NATIVE), _SEED)
        SCENARIOS[name](stage)
    svg = console.export_svg(title=f"tacit demo {name}", theme=_THEME)
    return _FONT_FACE.sub("", svg)  # a picture loads nothing from anywhere


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        for name in SCENARIOS:
            (folder / f"demo-{name}.svg").write_text(picture(name))
