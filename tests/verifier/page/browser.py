"""A real browser, without a head and without a network; skips, visibly, where there is none."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Widths of a telephone, a tablet and a desk.
WIDTHS = (360, 800, 1280)
#: A frame in which no script runs.
NO_SCRIPTS = 'sandbox="allow-same-origin"'


@dataclass(frozen=True)
class Browser:
    """Each call is a browser of its own, with a fresh profile and no address that resolves."""

    program: str
    folder: Path

    def dom(self, page: str, fragment: str = "", *options: str) -> str:
        """The document after its scripts have run."""
        return self._run(page, fragment, "--dump-dom", *options).decode()

    def screenshot(self, page: str, width: int, height: int, *options: str) -> bytes:
        """A PNG of the top of the page."""
        path = self.folder / "shot.png"
        size = f"--window-size={width},{height}"
        self._run(page, "", f"--screenshot={path}", size, "--hide-scrollbars", *options)
        return path.read_bytes()

    def pdf(self, page: str) -> bytes:
        """As it is printed."""
        path = self.folder / "page.pdf"
        self._run(page, "", f"--print-to-pdf={path}", "--no-pdf-header-footer")
        return path.read_bytes()

    def measured(
        self, page: str, script: str, widths: tuple[int, ...] = WIDTHS, sandbox: str = ""
    ) -> list[str]:
        """The page in a frame of each width, and what a script of the test finds in each.

        The page's own policy forbids foreign scripts, so the test's runs in the page around it;
        `page` is the window of the frame there. `NO_SCRIPTS` keeps the page's own from running.
        """
        frames = "".join(
            f'<iframe width="{width}" height="900" {sandbox} '
            f'srcdoc="{escape(page, quote=True)}"></iframe>'
            for width in widths
        )
        around = (
            f"<!DOCTYPE html><html><body>{frames}<script>"
            "window.addEventListener('load', () => {"
            "document.querySelectorAll('iframe').forEach((frame, index) => {"
            "const page = frame.contentWindow;"
            f"const found = (() => {{ {script} }})();"
            "const line = document.createElement('output');"
            "line.textContent = String(found); document.body.appendChild(line);"
            "}); });</script></body></html>"
        )
        found = re.findall(r"<output>(.*?)</output>", self.dom(around), re.DOTALL)
        assert len(found) == len(widths), "the test's script did not run"
        return found

    def _run(self, page: str, fragment: str, *options: str) -> bytes:
        path = self.folder / "page.html"
        path.write_text(page, encoding="utf-8")
        command = [
            self.program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={self.folder / 'profile'}",
            "--virtual-time-budget=5000",
            *options,
            path.as_uri() + fragment,
        ]
        done = subprocess.run(command, capture_output=True, timeout=180, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2_000:]
        return done.stdout


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """The browser, where one is installed."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no browser is installed (apt-get install chromium)")
    return Browser(found, tmp_path)
