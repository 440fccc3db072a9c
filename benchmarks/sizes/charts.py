"""The charts of a document of sizes: what grows with the portfolio, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.canvas import STYLES, figure, save
from benchmarks.sizes.laws import described
from benchmarks.sizes.model import Fitted, law_of
from circuits.shape import Shape

Entry = Mapping[str, Any]
#: Points on a line of the model.
_STEPS: Final = 60


def draw_sizes(document: Mapping[str, Any], path: Path) -> list[Path]:
    """Two charts, each as SVG and PNG, beside one another under the path's name."""
    constraints = path.with_name(f"{path.stem}-constraints{path.suffix}")
    costs = path.with_name(f"{path.stem}-costs{path.suffix}")
    return [*_draw_constraints(document, constraints), *_draw_costs(document, costs)]


def _draw_constraints(document: Mapping[str, Any], path: Path) -> tuple[Path, Path]:
    drawn, (left, right) = figure(width=10, columns=2)
    law, sizes = law_of(document, "constraints"), document["sizes"]
    _draw_series(left, sizes, law, along="components", fixed="scenarios")
    _draw_series(right, sizes, law, along="scenarios", fixed="components")
    left.set_xlabel("components K: assets and instruments")
    right.set_xlabel("scenarios S")
    for axes, along in (left, "components"), (right, "scenarios"):
        _finish(axes, "constraints")
        if axes.lines:
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize="small")
        axes.set_xticks(sorted({size[along] for size in sizes}))
    drawn.suptitle("points: as compiled; lines: by the law", fontsize="medium")
    return save(drawn, path)


def _draw_costs(document: Mapping[str, Any], path: Path) -> tuple[Path, Path]:
    drawn, (left, right) = figure(width=10, columns=2)
    _draw_cost(left, document, "prove", lambda size: float(size["prove"]["min"]))
    _draw_cost(right, document, "key_bytes", lambda size: size["key_bytes"] / 1e6, unit=1e6)
    _finish(left, "proof: seconds")
    _finish(right, "proving key: megabytes")
    for axes in (left, right):
        axes.set_xlabel("constraints")
        axes.legend()
    return save(drawn, path)


def _draw_series(
    axes: Any, sizes: Sequence[Entry], law: Fitted | None, *, along: str, fixed: str
) -> None:
    """A series for each statement and each value of `fixed` at which `along` varies."""
    kinds = {(size["circuit"], size[fixed]) for size in sizes}
    series = {kind: _those(sizes, kind, fixed, along) for kind in sorted(kinds)}
    # A grid has short series where two of its lines cross; they would only hide the long ones.
    enough = max(2, (1 + max(map(len, series.values()))) // 2)
    many = {kind: some for kind, some in series.items() if len(some) >= enough}
    for style, ((circuit, value), some) in zip(STYLES, many.items(), strict=False):
        letter = "S" if fixed == "scenarios" else "K"
        label = f"{circuit}, {letter} = {value}"
        points = [size["constraints"] for size in some]
        axes.plot([size[along] for size in some], points, label=label, **_marks(style))
        if law is not None:
            axes.plot(*_line(law, some, along), **_dashes(style))


def _line(law: Fitted, some: Sequence[Entry], along: str) -> tuple[list[int], list[float]]:
    """The law between the smallest and the largest size of a series."""
    first, last = some[0][along], some[-1][along]
    where = sorted({round(first * (last / first) ** (i / _STEPS)) for i in range(_STEPS + 1)})
    return where, [law.predict(_between(some, along, value)) for value in where]


def _between(some: Sequence[Entry], along: str, value: int) -> Entry:
    """A size that was not measured, with the assets of the last one that is not larger."""
    below = [size for size in some if size[along] <= value][-1]
    instruments, scenarios = below["instruments"], value
    if along == "components":
        instruments, scenarios = value - below["assets"], below["scenarios"]
    return described(below["circuit"], Shape(below["assets"], instruments, scenarios))


def _those(sizes: Sequence[Entry], kind: tuple[str, int], fixed: str, along: str) -> list[Entry]:
    circuit, value = kind
    some = [size for size in sizes if size["circuit"] == circuit and size[fixed] == value]
    return sorted(some, key=lambda size: int(size[along]))


def _draw_cost(
    axes: Any,
    document: Mapping[str, Any],
    name: str,
    value: Callable[[Entry], float],
    unit: float = 1,
) -> None:
    law = law_of(document, name)
    circuits = sorted({size["circuit"] for size in document["sizes"]})
    for style, circuit in zip(STYLES, circuits, strict=False):
        some = [size for size in document["sizes"] if size["circuit"] == circuit]
        some.sort(key=lambda size: int(size["constraints"]))
        where = [size["constraints"] for size in some]
        points = [value(size) for size in some]
        axes.plot(where, points, label=f"{circuit}, measured", **_marks(style))
        if law is not None:
            # The domain doubles and public inputs differ, so the law is no straight line here.
            line = [law.predict(size) / unit for size in some]
            axes.plot(where, line, label=f"{circuit}, by the law", **_dashes(style))


def _marks(style: Any) -> dict[str, Any]:
    """What was measured is points."""
    return {"color": style["color"], "marker": style["marker"], "linestyle": "none"}


def _dashes(style: Any) -> dict[str, Any]:
    """What the law says is a line."""
    return {"color": style["color"], "linestyle": style["linestyle"]}


def _finish(axes: Any, label: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylabel(label)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,.6g}")
        axis.set_minor_formatter("")
