"""The cheats of `test_cheats`: for each named check, a false statement that only it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from circuits.escrow import SECRET_BITS, mask, pack
from circuits.fill import fill_notice, traded_widths
from circuits.gadgets.coordinates import coordinates
from circuits.gadgets.fixed_base import signed_number
from circuits.gadgets.montgomery import montgomery_coordinates
from circuits.gadgets.pedersen import halved
from circuits.shape import BLINDING, CASH, RESERVED, WINDOW_BITS, Width
from circuits.solvency import solvency_message
from tests.circuits.bent_windows import bent_bits
from tests.circuits.dishonest_prover import (
    bit_lies,
    bits,
    bits_of,
    hints,
    only_register,
    play,
    traced,
)
from tests.circuits.statements import (
    CIRCUITS,
    SECRET,
    TINY,
    Portfolio,
    Trade,
    about,
    commit,
    context_of,
)
from zk.babyjubjub import Point
from zk.circuit import CompiledCircuit, Operation, compile_circuit
from zk.field import SCALAR_MODULUS, inverse
from zk.generators import blinding_generator, reserve_generator, value_generator
from zk.pedersen import Commitment

#: An account that owes 1000, under rows that say "cash is not negative", or under any margin.
INSOLVENT: Final = Portfolio(values=(-1000, 5, 5, 5))
HONEST: Final = Portfolio()
TRADE: Final = Trade()


@dataclass(frozen=True)
class Cheat:
    """What a dishonest prover publishes, and how it comes to its witness."""

    statement: str
    public: Any
    private: Any
    lies: Mapping[int, int] = field(default_factory=dict)

    @property
    def compiled(self) -> CompiledCircuit:
        """The circuit."""
        return compile_circuit(CIRCUITS[self.statement])

    def witness(self) -> list[int]:
        """The wires."""
        return play(self.compiled, self.public, self.private, self.lies)


def cash_from_bent_bits(name: str) -> Cheat:
    """An insolvent account opens its own commitment to 2³⁹ more cash than it has."""
    width = _cash(name)
    honest = bits(INSOLVENT.values[0] - width.minimum, width.bits)
    bent, more = bent_bits(halved(value_generator(0)), honest, window=13, least=1)
    claimed = replace(INSOLVENT, values=(INSOLVENT.values[0] + more, *INSOLVENT.values[1:]))
    return _with_bits(name, about(name, claimed, INSOLVENT.commitment()), "values[0]", bent)


def blinding_from_bent_bits(name: str) -> Cheat:
    """The escrow holds a blinding that does not open the commitment: a reveal would fail."""
    honest = bits(HONEST.blinding, BLINDING.bits)
    bent, more = bent_bits(halved(blinding_generator()), honest, window=40, least=1)
    claimed = replace(HONEST, blinding=HONEST.blinding + more)
    return _with_bits(name, about(name, claimed, HONEST.commitment()), "blinding", bent)


def reserve_from_bent_bits(name: str) -> Cheat:
    """Orders reserve more than the account has, and it opens its P to a reserve below zero."""
    true = replace(HONEST, reserved=1 << 50)
    honest = bits(true.reserved, RESERVED.bits)
    bent, more = bent_bits(halved(reserve_generator()), honest, window=16, least=-9)
    assert true.reserved + more < 0
    claimed = replace(true, reserved=true.reserved + more)
    return _with_bits(name, about(name, claimed, true.commitment()), "reserved", bent)


def fill_from_bent_bits() -> Cheat:
    """A buyer pays 2⁵⁰ for what the limit prices at 500, and opens the fill to a fair price."""
    true = replace(TRADE, fill=(-(1 << 50), *TRADE.fill[1:]))
    honest = bits(true.fill[0] - CASH.minimum, CASH.bits)
    bent, more = bent_bits(halved(value_generator(0)), honest, window=17, least=1)
    claimed = replace(TRADE, fill=(true.fill[0] + more, *true.fill[1:]))
    return _with_bits("fill", claimed.statement(fill=_fill_of(true)), "fill.values[0]", bent)


def foreign_commitment(name: str) -> Cheat:
    """The margin of one account is proven with the opening of another."""
    return Cheat(name, *about(name, HONEST, INSOLVENT.commitment()))


def hidden_reserve(name: str) -> Cheat:
    """What the open orders of an account reserve is in its P, and is not spoken of."""
    true = replace(HONEST, reserved=1 << 50)
    return Cheat(name, *about(name, HONEST, true.commitment()))


def foreign_fill() -> Cheat:
    """What is added to the account is not the fill that was judged."""
    return Cheat("fill", *TRADE.statement(fill=_fill_of(replace(TRADE, fill=(-(1 << 50), 5, -10)))))


def foreign_order() -> Cheat:
    """The fill is one of an order that nobody placed."""
    other = commit(TINY.traded, (-1, 1, -1), TRADE.order_blinding)
    return Cheat("fill", *TRADE.statement(order=other))


def subtracted_window(name: str) -> Cheat:
    """One slope is that of P − Q: one digit counts with the other sign, and all else follows."""
    window, u = 20, HONEST.values[0] - CASH.minimum  # of all bits, whatever they are made of
    base, weight = halved(value_generator(0)), 1 << WINDOW_BITS * window
    partial = base * signed_number(WINDOW_BITS * window, u % weight)
    digit = signed_number(WINDOW_BITS, u >> WINDOW_BITS * window) * weight
    (u1, v1), (u2, v2) = (montgomery_coordinates(p) for p in (partial, base * digit))
    slope = (-v2 - v1) * inverse(u2 - u1, SCALAR_MODULUS) % SCALAR_MODULUS
    opened = replace(HONEST, values=(HONEST.values[0] - digit, *HONEST.values[1:]))
    register = hints(compile_circuit(CIRCUITS[name]), Operation.QUOTIENT)[window - 1].first
    return Cheat(name, *about(name, HONEST, opened.commitment()), {register: slope})


def negative_row(row: int) -> Cheat:
    """An account that owes 1000 in one scenario proves that it owes nothing in any."""
    matrix = [(0,) * TINY.components] * TINY.scenarios
    matrix[row] = INSOLVENT.matrix[row]
    return Cheat("claim", *replace(INSOLVENT, matrix=tuple(matrix)).claim())


def moved_context(name: str) -> Cheat:
    """What was made for one use is moved to another."""
    public, private = about(name, HONEST)
    (square,) = traced(compile_circuit(CIRCUITS[name]), "context")
    lies = {only_register(square.c): public.context**2 % SCALAR_MODULUS}
    return Cheat(name, replace(public, context=public.context + 1), private, lies)


def no_loss(name: str, row: int) -> Cheat:
    """A book that one row of a coin would ruin claims that it loses nothing there."""
    book = replace(HONEST, schedule=_one_row(row, (-(10**9), 0, 0)))
    return Cheat(name, *about(name, replace(book, losses=(0,))))


def gain_instead_of_a_loss(name: str) -> Cheat:
    """Debts are covered by a coin whose every row gains: its loss is claimed to be below zero."""
    rising = replace(HONEST.schedule, moves=(((0, 0, 10**9),) * 8,), credit=10**10)
    book = replace(HONEST, values=(-1000, 2000, 0, 0), schedule=rising)
    return Cheat(name, *about(name, replace(book, losses=(-2000 * 10**9,))))


def long_left_out(name: str) -> Cheat:
    """A position of 30 lots, each charged more than the book has, is claimed to be none."""
    schedule = replace(HONEST.schedule, charges=(10**12, 0))
    return Cheat(name, *about(name, replace(HONEST, schedule=schedule, longs=(0, 0))))


def long_below_zero(name: str) -> Cheat:
    """Debts are covered by the charge of lots that are claimed to be held long less than not."""
    schedule = replace(HONEST.schedule, charges=(0, 10**12), credit=10**10)
    book = replace(HONEST, values=(-1000, 0, 0, -40), schedule=schedule)
    return Cheat(name, *about(name, replace(book, longs=(0, -5))))


def gross_left_out(name: str) -> Cheat:
    """A position twenty times as heavy as the cap is claimed to be none."""
    schedule = replace(HONEST.schedule, weights=(60_000_000, 0), charges=(0, 0))
    return Cheat(name, *about(name, replace(HONEST, schedule=schedule, longs=(0, 0))))


def margin_wanting(name: str) -> Cheat:
    """A book that owes nothing, and has a unit of cash less than its floor asks for."""
    schedule = replace(HONEST.schedule, floor=HONEST.values[0] + 1000)
    return Cheat(name, *about(name, replace(HONEST, schedule=schedule)))


def paid_with_a_pledge(name: str) -> Cheat:
    """Cash is owed against coins that cover it, in a market that lends none."""
    return Cheat(name, *about(name, replace(HONEST, values=(-1, 20_000, 0, 0))))


def past_the_cap(name: str) -> Cheat:
    """A book of a weight more than the cap has."""
    schedule = replace(HONEST.schedule, cap=30 * 1_000_000 + 40 * 600_000 - 1)
    return Cheat(name, *about(name, replace(HONEST, schedule=schedule)))


def bent_secret(name: str) -> Cheat:
    """E is that of e, but S is made with "bits" that are none: no key decrypts the words."""
    bent, more = bent_bits(Point.BASE8, bits(SECRET, SECRET_BITS), window=30, least=1)
    public, private = _escrowed(name)
    cheat = _with_bits(name, (public, replace(private, secret=SECRET + more)), "secret", bent)
    compiled, inputs = cheat.compiled, cheat.compiled.inputs(cheat.public, cheat.private)
    registers = compiled.program.run(inputs, cheat.lies)
    x, y = (registers[index] for index in shared_registers(compiled))
    return replace(cheat, public=_masked_with(name, public, x, y))


def foreign_ephemeral(name: str) -> Cheat:
    """E is another point, from which the key derives another S: the words stay unread."""
    public, private = _escrowed(name)
    return Cheat(name, _with_escrow(public, ephemeral=coordinates(Point.BASE8)), private)


def chosen_shared(name: str) -> Cheat:
    """The words are masked with an S of the prover's choice."""
    public, private = _escrowed(name)
    registers = shared_registers(compile_circuit(CIRCUITS[name]))
    lies = dict(zip(registers, (3, 5), strict=True))
    return Cheat(name, _masked_with(name, public, 3, 5), private, lies)


def foreign_words(name: str) -> Cheat:
    """The words decrypt to the opening of something else."""
    public, private = _escrowed(name)
    first, *rest = public.escrow.words
    words = ((first + 1) % SCALAR_MODULUS, *rest)
    return Cheat(name, _with_escrow(public, words=words), private)


def filled(q: int, R: int, fill: tuple[int, int, int]) -> Cheat:
    """The fraction q/R of the order, with a q or an R that an order cannot have."""
    return Cheat("fill", *replace(TRADE, fill=fill, filled=q, whole=R).statement())


def notice_of_something_else() -> Cheat:
    """The order's owner is told of another fill."""
    public, private = TRADE.statement()
    first, *rest = public.notice
    words = ((first + 1) % SCALAR_MODULUS, *rest)
    return Cheat("fill", replace(public, notice=words), private)


def notice_under_another_blinding() -> Cheat:
    """The order's owner cannot read the notice: its keystream has another blinding."""
    public, private = TRADE.statement()
    words = fill_notice(TRADE.order_blinding + 1, public.fill, public.context, message("fill"))
    return Cheat("fill", replace(public, notice=words), private)


def shared_registers(compiled: CompiledCircuit) -> tuple[int, int]:
    """Where S is: the quotients of the last complete addition."""
    x, y = traced(compiled, "escrow/shared")[-2:]
    return only_register(x.a), only_register(y.a)


def message(name: str) -> tuple[int, ...]:
    """What the honest escrow of that statement holds."""
    if name == "solvency":
        return solvency_message(TINY, HONEST.values, HONEST.reserved, HONEST.blinding)
    return pack(TRADE.fill, TRADE.fill_blinding, traded_widths(TINY))


def _cash(name: str) -> Width:
    """What the program of that statement decomposes cash by."""
    return CASH if name == "claim" else CASH.inner


def _one_row(row: int, moves: tuple[int, int, int]) -> Any:
    """A market in which one row moves, and no other does."""
    rows = [(0, 0, 0)] * TINY.blocks[0].rows
    rows[row] = moves
    return replace(HONEST.schedule, moves=(tuple(rows),))


def _escrowed(name: str) -> tuple[Any, Any]:
    return HONEST.solvency() if name == "solvency" else TRADE.statement()


def _fill_of(trade: Trade) -> Commitment:
    return commit(TINY.traded, trade.fill, trade.fill_blinding)


def _with_bits(name: str, parts: tuple[Any, Any], register: str, values: list[int]) -> Cheat:
    compiled = compile_circuit(CIRCUITS[name])
    path = register if register in compiled.private_names else f"margin.{register}"
    return Cheat(name, *parts, bit_lies(bits_of(compiled, path), values))


def _with_escrow(public: Any, **changes: Any) -> Any:
    return replace(public, escrow=replace(public.escrow, **changes))


def _masked_with(name: str, public: Any, x: int, y: int) -> Any:
    return _with_escrow(public, words=mask(message(name), (x, y, context_of(public))))
