"""What a command loads before it does anything: as little as its own work takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.start import COMMANDS, insecure_example
from zk.backends import Choice, available

#: What these commands have no use for. The rest of our packages stand for whatever they import.
NEVER = {
    *("circuits", "ledger", "prover", "verifier", "development", "benchmarks"),
    *("QuantLib", "numpy", "scipy", "py_ecc", "sqlite3"),
}
#: Modules, the standard library's among them: a little more than there are.
AT_MOST = {"version": 330, "help": 400, "verify": 560}
SCRIPT = """
import json, sys
sys.argv = ["tacit", *sys.argv[1:]]
from tacit.__main__ import main
try:
    main()
except SystemExit as ended:
    assert not ended.code
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_start_loads_little(name: str, tmp_path: Path) -> None:
    """No ledger, no prover, no pricer: measured in modules, which no busy machine makes more."""
    if Choice.NATIVE not in available():
        pytest.skip("the reference is what verifies where the native backend is not installed")
    insecure_example(tmp_path)
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, *COMMANDS[name]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = json.loads(result.stderr.splitlines()[-1])
    assert not NEVER & {module.partition(".")[0] for module in modules}
    assert len(modules) <= AT_MOST[name], len(modules)
