"""How command lines are read: words, numbers below zero, TACIT_LEDGER, completion, JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tacit.__main__ import main
from tacit.nouns import NOUNS
from tacit.words import LEDGER_VARIABLE
from tests.command import run_tacit
from tests.reference import Documented, commands

EVERY = list(commands())
LEAVES = [each for each in EVERY if not hasattr(each.command, "commands")]
#: What prints no data, or nothing but JSON.
WITHOUT_JSON = {
    "tacit demo": "a story to watch; the ledger that it leaves is the data",
    "tacit ledger prove-inclusion": "the proof that it prints is JSON",
}
WITH_LEDGER = [each for each in LEAVES if "ledger" in [p.name for p in each.command.params]]


def parsed(documented: Documented, *words: str) -> dict[str, Any]:
    """What a command is given for these words; nothing runs."""
    command: Any = documented.command
    context = command.make_context(documented.name, list(words))
    return dict(context.params)


def named(name: str) -> Documented:
    return next(each for each in LEAVES if each.name == name)


def status_of(*words: str) -> int:
    """The exit status of a command, run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["tacit", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Its exit status, and what it said on standard error."""
    return status_of(*words), capsys.readouterr().err


@pytest.mark.parametrize("documented", EVERY, ids=lambda each: each.name)
def test_h_is_help(documented: Documented, capsys: pytest.CaptureFixture[str]) -> None:
    """`-h` explains every word, whatever else would be wanted."""
    assert status_of(*documented.words[1:], "-h") == 0
    assert f"Usage: {documented.name}" in capsys.readouterr().out


def test_words_are_explained_before_they_are_loaded() -> None:
    """What `tacit --help` says of each word is the first sentence of that word's own help."""
    for name, noun in NOUNS.items():
        sentence, _, _ = str(noun.load().help).replace("\n", " ").partition(". ")
        assert noun.about.rstrip(".") == sentence.strip().rstrip(".").split("  ")[0], name


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (("leger",), "'ledger'"),
        (("ledger", "shwo"), "'show'"),
        (("wallet", "trade", "ofer"), "'offer'"),
    ],
)
def test_a_mistyped_word_is_guessed(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], suggestion: str
) -> None:
    """One line that names the word that was meant, also at the top, where nothing is loaded."""
    status, errors = told(capsys, *words)
    assert status == 2
    assert errors.startswith("error: tacit")
    assert f"Did you mean {suggestion}" in errors


@pytest.mark.parametrize("words", [(), ("ledger",), ("wallet", "trade")])
def test_a_word_alone_explains_itself(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """With the status of a command line that is none."""
    assert status_of(*words) == 2
    assert "Usage: tacit" in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "completion"),
    [
        ("led", "ledger"),
        ("ledger sh", "show"),
        ("wallet trade fi", "finish"),
        ("ledger show --js", "--json"),
        ("verify --backend na", "native"),
    ],
)
def test_the_shell_completes(shell: str, line: str, completion: str) -> None:
    """Words, words below them, options and their choices, as typer's scripts ask for them."""
    typed = f"tacit {line}"
    asked = {
        "_TACIT_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split()) - 1),
        "_TYPER_COMPLETE_ARGS": typed,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    result = subprocess.run(
        [sys.executable, "-m", "tacit"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completion in result.stdout, result.stderr
    assert "Traceback" not in result.stderr


def test_a_number_below_zero_is_a_value() -> None:
    """As an argument, before, between and after options, and as an option's value."""
    absorb = named("tacit wallet redeem")
    for words in (
        ("a.wallet", "a.ledger", "-1", "--lots", "-5"),
        ("--lots", "-5", "a.wallet", "a.ledger", "-1", "--json"),
        ("--lots=-5", "a.wallet", "--json", "a.ledger", "--", "-1"),
    ):
        values = parsed(absorb, *words)
        assert (values["instrument"], values["lots"]) == ("-1", -5), words


def test_a_number_out_of_range_is_told_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Not as an option that nobody knows; and options that nobody knows still are."""
    status, errors = told(capsys, "ledger", "endow", "a.ledger", "-5")
    assert status == 2
    assert "'AMOUNT': expected at least 1, got '-5'" in errors
    status, errors = told(capsys, "ledger", "endow", "a.ledger", "5", "--backend", "abacus")
    assert status == 2
    assert "'--backend': expected one of 'auto', 'py_ecc', 'native', got 'abacus'" in errors
    status, errors = told(capsys, "ledger", "endow", "a.ledger", "-5", "--nonsense")
    assert status == 2
    assert "--nonsense" in errors
    status, errors = told(capsys, "ledger", "endow", "a.ledger", "-x")
    assert status == 2
    assert "No such option: -x" in errors


def test_an_option_without_its_value_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The end of the options is no value of the last one."""
    status, errors = told(capsys, "ledger", "endow", "a.ledger", "-5", "--time")
    assert status == 2
    assert "'--time' requires an argument" in errors


@pytest.mark.parametrize("documented", WITH_LEDGER, ids=lambda each: each.name)
def test_the_ledger_may_come_from_the_environment(
    documented: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one argument fewer it is the variable's; one that is named goes before it."""
    if documented.example is None or "demo.ledger" not in documented.example:
        pytest.skip("its ledger is an option")
    words = documented.example.split()[len(documented.words) :]
    without = [word for word in words if word != "demo.ledger"]
    monkeypatch.setenv(LEDGER_VARIABLE, "other.ledger")
    assert parsed(documented, *words)["ledger"] == Path("demo.ledger")
    filled = parsed(documented, *without)
    assert filled == parsed(documented, *words) | {"ledger": Path("other.ledger")}


def test_a_ledger_of_the_environment_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From founding to looking, without its name on a command line."""
    monkeypatch.setenv(LEDGER_VARIABLE, "a.ledger")
    for words in (("init", "--seed", "1"), ("endow", "500"), ("check",)):
        result = run_tacit("ledger", *words, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
    shown = run_tacit("ledger", "show", "--json", cwd=tmp_path)
    assert json.loads(shown.stdout)["fund"] == 500
    missing = run_tacit("ledger", "endow", cwd=tmp_path)
    assert missing.returncode == 2
    assert "AMOUNT" in missing.stderr


def test_everything_that_is_data_is_json_too() -> None:
    """Every command has `--json`, or stands in a short list with the reason why not."""
    without = {
        each.name
        for each in LEAVES
        if not any("--json" in parameter.opts for parameter in each.parameters)
    }
    assert without == set(WITHOUT_JSON)


def test_an_interrupt_at_a_prompt_is_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C where a password is asked for is no missing password."""

    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    found = run_tacit("ledger", "init", "a.ledger", "--seed", "1", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("getpass.getpass", interrupted)
    monkeypatch.delenv("TACIT_PASSWORD", raising=False)
    status, errors = told(capsys, "wallet", "new", "a.wallet", "a.ledger")
    assert status == 130
    assert errors.splitlines()[-1] == "error: interrupted"
