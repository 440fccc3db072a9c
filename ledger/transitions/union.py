"""From bytes to a transition, and nowhere else; and which transitions there are.

Those that the modules of this package define: a new one is a new file here. Nothing is registered
and nothing runs at import; the package is scanned once, when the first entry is read. What is half
built is refused then, whatever the entry was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, reduce
from importlib import import_module
from inspect import isabstract
from operator import or_
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter

from ledger import transitions
from ledger.encoding import Decoding, one_line, parse_canonical
from ledger.transitions.base import Transition
from zk.babyjubjub import Point

#: For fields alone: no point is looked at.
_NO_POINTS: Final = Decoding(lambda _: Point.IDENTITY)


def decode_transition(data: bytes, decoding: Decoding | None = None) -> Transition:
    """Canonical bytes only; anything else is `MalformedTransition`."""
    return parse_canonical(_adapter(), data, decoding)


def does_concern(data: bytes, account: int | None, owner: bytes) -> bool:
    """Whether an entry of the ledger concerns that account, or the key that will own one.

    Its bytes have been found canonical by the ledger. No point in them is decoded, which is most of
    the work and must be done for few entries only.
    """
    with one_line():
        fields = _adapter().validate_json(data, context=_NO_POINTS)
    return fields.concerns(account, owner)


@cache
def kinds() -> Mapping[str, type[Transition]]:
    """Every transition by its `kind`, in alphabetical order."""
    found: dict[str, type[Transition]] = {}
    for each in _defined():
        if found.setdefault(_kind_of(each), each) is not each:
            raise ValueError(f"two transitions call themselves {_kind_of(each)}")
    return MappingProxyType(dict(sorted(found.items())))


def forget_kinds() -> None:
    """Scan again at the next question: for a process in which the package has grown."""
    kinds.cache_clear()
    _adapter.cache_clear()


def _defined() -> Iterator[type[Transition]]:
    """What names a kind of its own; the classes that several are made from name none."""
    for module in sorted(info.name for info in iter_modules(transitions.__path__)):
        for each in vars(import_module(f"{transitions.__name__}.{module}")).values():
            if isinstance(each, type) and issubclass(each, Transition) and _kind_of(each):
                _require_whole(each)
                yield each


def _require_whole(transition: type[Transition]) -> None:
    missing = {*transition.__abstractmethods__} if isabstract(transition) else set()
    missing |= set() if hasattr(transition, "TOPIC") else {"TOPIC"}
    if missing:
        raise TypeError(f"transition {_kind_of(transition)}: it lacks {', '.join(sorted(missing))}")


def _kind_of(transition: type[Transition]) -> str:
    default = transition.model_fields["kind"].get_default()
    return default if isinstance(default, str) else ""


@cache
def _adapter() -> TypeAdapter[Transition]:
    """The union of them all, told apart by `kind`."""
    union: Any = reduce(or_, kinds().values())
    told_apart: Any = Annotated[union, Field(discriminator="kind")]
    return TypeAdapter(told_apart)
