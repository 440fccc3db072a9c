"""Which instruments there are: those that the modules of `instruments` define.

A new one is a new file there. Nothing is registered and nothing runs at import: the package is
scanned once, when the first listing is read. A kind that is not there is no mistake in the listing
that names it: `UnknownInstrument` says so, and passes through the models as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, reduce
from importlib import import_module
from inspect import isabstract
from operator import or_
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)

from ledger.errors import UnknownInstrument
from ledger.market import instruments
from ledger.market.instrument import Instrument
from zk.formats.mistakes import first_mistake


@cache
def kinds() -> Mapping[str, type[Instrument]]:
    """Every instrument by its `kind`, in alphabetical order."""
    found: dict[str, type[Instrument]] = {}
    for module in sorted(info.name for info in iter_modules(instruments.__path__)):
        for each in vars(import_module(f"{instruments.__name__}.{module}")).values():
            if _is_instrument(each) and found.setdefault(_kind_of(each), each) is not each:
                raise ValueError(f"two instruments call themselves {_kind_of(each)}")
    return MappingProxyType(dict(sorted(found.items())))


@cache
def _adapter() -> TypeAdapter[Instrument]:
    """The union of them all, told apart by `kind`."""
    union: Any = reduce(or_, kinds().values())
    told_apart: Any = Annotated[union, Field(discriminator="kind")]
    return TypeAdapter(told_apart)


def forget_kinds() -> None:
    """Scan again at the next question: for a process in which the package has grown."""
    kinds.cache_clear()
    _adapter.cache_clear()


def _is_instrument(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Instrument) and not isabstract(thing)


def _kind_of(instrument: type[Instrument]) -> str:
    return str(instrument.model_fields["kind"].default)


def _parse(value: object, info: ValidationInfo) -> Instrument:
    if isinstance(value, Instrument):
        return value
    try:
        if info.mode == "json":
            return _adapter().validate_json(json.dumps(value))
        return _adapter().validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "union_tag_invalid":
            raise UnknownInstrument(
                f"instrument kind {first['ctx']['tag'][:80]!r}",
                expected=f"a kind that this installation knows ({', '.join(kinds())})",
                actual="one whose plug-in is not installed here",
            ) from None
        mistake = first_mistake(error)
        where = f"{mistake.where}: " if mistake.where else ""
        raise ValueError(f"{where}expected {mistake.expected}, got {mistake.actual}") from None


def _dump(instrument: Instrument) -> Any:
    return instrument.model_dump(mode="json")


#: A field of a model that holds any instrument there is.
AnyInstrument = Annotated[Instrument, PlainValidator(_parse), PlainSerializer(_dump)]
