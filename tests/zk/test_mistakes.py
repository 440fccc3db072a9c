"""What a model finds wrong, told in our words."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from zk.formats.mistakes import Mistake, first_mistake, shown


class Form(BaseModel):
    """One field of each sort."""

    model_config = ConfigDict(strict=True, extra="forbid")

    count: Annotated[int, Field(ge=1, lt=10)] = 1
    name: Annotated[str, Field(min_length=1, max_length=3, pattern="^[a-z]+$")] = "a"
    kind: Literal["one", "two"] = "one"
    rows: Annotated[tuple[int, ...], Field(max_length=2)] = ()
    ours: int = 0

    @field_validator("ours")
    @classmethod
    def check(cls, value: int) -> int:
        if value:
            raise ValueError("expected nothing, got something")
        return value


@pytest.mark.parametrize(
    ("document", "mistake"),
    [
        (b"\x80\x81 not JSON", Mistake("", "JSON", "another kind of file")),
        (b"[]", Mistake("", "an object", "a list of 0")),
        (b'{"count": 0}', Mistake("count", "at least 1", "0")),
        (b'{"count": 10}', Mistake("count", "less than 10", "10")),
        (b'{"count": "1"}', Mistake("count", "a whole number", "'1'")),
        (b'{"count": null}', Mistake("count", "a whole number", "null")),
        (b'{"name": ""}', Mistake("name", "at least 1 character", "''")),
        (b'{"name": "abcd"}', Mistake("name", "at most 3 characters", "'abcd'")),
        (b'{"name": "A"}', Mistake("name", "text of the form ^[a-z]+$", "'A'")),
        (b'{"kind": "three"}', Mistake("kind", "'one' or 'two'", "'three'")),
        (b'{"rows": [1, 2, 3]}', Mistake("rows", "at most 2 items", "a list of 3")),
        (b'{"rows": [1, {}]}', Mistake("rows.1", "a whole number", "an object")),
        (b'{"more": 1}', Mistake("more", "no such field", "one")),
        (b'{"ours": 1}', Mistake("ours", "nothing", "something")),
    ],
)
def test_the_first_mistake(document: bytes, mistake: Mistake) -> None:
    """Where, what was expected, and what came; never a sentence of pydantic's."""
    with pytest.raises(ValidationError) as raised:
        Form.model_validate_json(document)
    assert first_mistake(raised.value) == mistake


def test_bytes_are_counted_and_not_shown() -> None:
    """A message is a line of text, whatever a file contains."""
    assert shown(b"\x00\xff") == "2 bytes"
    assert shown("x" * 500) == repr("x" * 80) + "…"
