"""`python -m tests.tidy`: what is not in order, a line each; exit status 1 where there is any."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.tidy.project import Project
from tests.tidy.verdict import untidy

if __name__ == "__main__":
    lines = [str(each) for each in untidy(Project.of_git(Path.cwd()))]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.exit(bool(lines))
