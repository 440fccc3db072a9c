"""What a ledger trades: its underlyings, the assets that back accounts, the instruments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from circuits.errors import WrongDimensions
from circuits.shape import Shape
from ledger.encoding import Model
from ledger.errors import NotAdmitted
from ledger.market.data import MAX_UNDERLYINGS
from ledger.market.instrument import Instrument, Role
from ledger.market.kinds import AnyInstrument

Symbol = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,12}$")]


class Listing(Model):
    """The components of a portfolio, in their order: asset 0 is cash, instruments come last."""

    underlyings: Annotated[tuple[Symbol, ...], Field(max_length=MAX_UNDERLYINGS)]
    assets: tuple[AnyInstrument, ...]
    instruments: tuple[AnyInstrument, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(set(self.underlyings)) != len(self.underlyings):
            raise ValueError("expected underlyings with different names")
        if not (self.underlyings and self.assets and self.instruments):
            raise ValueError("expected an underlying, an asset and an instrument at least")
        roles = (Role.CASH, *[Role.COLLATERAL] * (len(self.assets) - 1))
        roles += (Role.CONTRACT,) * len(self.instruments)
        for index, (component, role) in enumerate(zip(self.components, roles, strict=True)):
            if component.role is not role:
                raise ValueError(f"component {index}: expected {role}, got {component.role}")
            if component.reference is not None and component.reference >= len(self.underlyings):
                raise ValueError(
                    f"component {index}: expected one of {len(self.underlyings)} underlyings, "
                    f"got {component.reference}"
                )
        return self

    @property
    def components(self) -> tuple[Instrument, ...]:
        return (*self.assets, *self.instruments)

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each component, for people."""
        return tuple(
            each.label("" if each.reference is None else self.underlyings[each.reference])
            for each in self.components
        )

    def check(self, shape: Shape) -> None:
        """As many assets and instruments as the shape has, each block of one coin of its own."""
        actual = (len(self.assets), len(self.instruments))
        if actual != (shape.assets, shape.instruments):
            raise WrongDimensions(
                "listing",
                expected=f"{shape.assets} assets and {shape.instruments} instruments",
                actual=f"{actual[0]} and {actual[1]}",
            )
        for place, (block, columns) in enumerate(zip(shape.blocks, shape.columns, strict=True)):
            contracts = columns[: block.instruments]
            self._check_block(f"block {place}", contracts, block.collateral)
        coins = self.coins(shape)
        if len(set(coins)) != len(coins):
            raise WrongDimensions(
                "blocks", expected="a different underlying each", actual=[*map(self._name, coins)]
            )

    def coins(self, shape: Shape) -> tuple[int, ...]:
        """The underlying of each block."""
        firsts = (self.components[columns[0]].reference for columns in shape.columns)
        return tuple(each for each in firsts if each is not None)

    def check_new(self, time: int) -> None:
        """Nothing is listed that has expired already."""
        for slot, instrument in enumerate(self.instruments):
            if instrument.expires is not None and instrument.expires <= time:
                raise NotAdmitted(
                    f"instrument {slot}",
                    expected=f"an expiry after {time}",
                    actual=instrument.expires,
                )

    def _check_block(self, subject: str, contracts: Sequence[int], collateral: int | None) -> None:
        """Every component of one underlying: the first instrument's."""
        expected = self.components[contracts[0]].reference
        for index in (*contracts, *([] if collateral is None else [collateral])):
            actual = self.components[index].reference
            if actual != expected or actual is None:
                raise WrongDimensions(
                    f"{subject}, component {index}",
                    expected=self._name(expected),
                    actual=self._name(actual),
                )

    def _name(self, underlying: int | None) -> str:
        return "an underlying" if underlying is None else self.underlyings[underlying]
