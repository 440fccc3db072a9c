"""An audit's report as one HTML page for people."""

from verifier.page.history import History, history_in, history_of
from verifier.page.page import render

__all__ = ["History", "history_in", "history_of", "render"]
