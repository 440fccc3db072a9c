"""Poseidon inside a circuit: the permutation and the keystream of `zk.poseidon`.

| gadget      | assumes | enforces          | constraints                                    |
| ----------- | ------- | ----------------- | ---------------------------------------------- |
| `permute`   | nothing | the permutation   | 3 per S-box whose input is a signal; rest linear |
| `keystream` | nothing | the keystream     | one permutation per width − 1 words             |
"""

from __future__ import annotations

from collections.abc import Sequence

from zk.circuit import Linear, Signal, System, as_linear, combination
from zk.poseidon import keystream_capacity, keystream_width, parameters


def permute(cs: System, state: Sequence[Signal]) -> list[Linear]:
    """The permutation of as many elements as `state` has."""
    chosen = parameters(len(state))
    current = [as_linear(x) for x in state]
    for index, constants in enumerate(chosen.constants):
        current = [x + c for x, c in zip(current, constants, strict=True)]
        passing = len(current) if chosen.is_full(index) else 1
        current = [_fifth_power(cs, x) for x in current[:passing]] + current[passing:]
        current = [combination(zip(row, current, strict=True)) for row in chosen.matrix]
    return current


def keystream(cs: System, elements: Sequence[Linear], count: int) -> list[Linear]:
    """`zk.poseidon.keystream`, constrained."""
    width = keystream_width(len(elements), count)
    state: list[Signal] = [keystream_capacity(len(elements), count), *elements]
    state += [0] * (width - len(state))
    words: list[Linear] = []
    while len(words) < count:
        squeezed = permute(cs, state)
        state = list(squeezed)
        words += squeezed[1:]
    return words[:count]


def _fifth_power(cs: System, x: Linear) -> Linear:
    constant = x.constant_value
    if constant is not None:
        return Linear.constant(pow(constant, 5))
    return cs.product(cs.square(cs.square(x)), x)
