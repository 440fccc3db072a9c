"""The charts of a document of `tacit bench`: time against size, its stages, its cost by shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from benchmarks.canvas import FILLS, STYLES, figure, save
from benchmarks.cells import duration, subject_name

Entry = Mapping[str, Any]
Series = dict[str, list[Entry]]

#: What is timed from nothing to a verified proof, in this order.
_COSTS: Final = MappingProxyType(
    {"setup": "setup", "witness": "witness", "prove": "proof", "verify": "verification"}
)
_BAR: Final = 0.8


def draw_proofs(document: Mapping[str, Any], path: Path) -> list[Path]:
    """Three charts, each as SVG and PNG, beside one another under the path's name.

    The chart of stages is left out where no backend said where its time goes.
    """
    named = {name: path.with_name(f"{path.stem}-{name}{path.suffix}") for name in _CHARTS}
    return [written for name, draw in _CHARTS.items() for written in draw(document, named[name])]


def _draw_time(document: Mapping[str, Any], path: Path) -> Sequence[Path]:
    """A mark for every circuit; a line only through one circuit's shapes, which grow alike."""
    series = {**_ours(document), **_theirs(document)}
    circuits = [entry["circuit"] for entries in series.values() for entry in entries]
    joined = max(dict.fromkeys(circuits), key=circuits.count)
    drawn, (axes,) = figure(width=8.5, height=4.8)
    for style, (label, entries) in zip(cycle(STYLES), series.items(), strict=False):
        line = sorted(_point(entry) for entry in entries if entry["circuit"] == joined)
        others = [_point(entry) for entry in entries if entry["circuit"] != joined]
        axes.plot(*_coordinates(line), label=label, **style)
        axes.plot(*_coordinates(others), **{**style, "linestyle": "none"})
    axes.set_xscale("log")
    axes.set_yscale("log")
    _name_ticks(axes.xaxis)
    _name_ticks(axes.yaxis)
    axes.set_xlabel(f"constraints; lines join the shapes of {joined}")
    axes.set_ylabel("one proof: median, milliseconds")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), handlelength=4, frameon=False)
    return save(drawn, path)


def _ours(document: Mapping[str, Any]) -> Series:
    series: Series = {}
    for entry in document["figures"]:
        threads = _threads(entry["threads"])
        label = f"tacit {document['versions']['tacit']}, {entry['backend']}, {threads}"
        series.setdefault(label, []).append(entry)
    return series


def _theirs(document: Mapping[str, Any]) -> Series:
    series: Series = {}
    for entry in document["comparisons"]:
        label = f"{entry['peer']} {entry['version']}"
        if entry["threads"]:
            label += f", {_threads(entry['threads'])}"
        series.setdefault(label, []).append(entry)
    return series


def _point(entry: Entry) -> tuple[int, float]:
    proved = entry.get("theirs", entry)["prove"]
    return entry["constraints"], proved["median"] * 1000


def _coordinates(points: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [where for where, _ in points], [seconds for _, seconds in points]


def _draw_stages(document: Mapping[str, Any], path: Path) -> Sequence[Path]:
    """Shares of the stages' sum; of one thread where that was measured, since none overlaps."""
    profiled = [entry for entry in document["figures"] if entry["stages"]]
    threads = min((entry["threads"] for entry in profiled), default=0)
    entries = [entry for entry in profiled if entry["threads"] == threads]
    if not entries:
        return ()
    entries.reverse()  # the axis counts upwards
    names = list(dict.fromkeys(stage["name"] for entry in entries for stage in entry["stages"]))
    drawn, (axes,) = figure(width=8.5, height=1.6 + 0.36 * len(entries))
    left = [0.0] * len(entries)
    for fill, name in zip(cycle(FILLS), names, strict=False):
        shares = [_share(entry, name) for entry in entries]
        axes.barh(range(len(entries)), shares, left=left, label=name, edgecolor="black", **fill)
        left = [before + share for before, share in zip(left, shares, strict=True)]
    for row, entry in enumerate(entries):
        axes.text(101, row, duration(entry["prove"]["median"]), va="center")
    axes.set_yticks(range(len(entries)), [subject_name(entry) for entry in entries])
    axes.set_xlim(0, 115)
    axes.set_xticks(range(0, 101, 20))
    axes.grid(visible=False, axis="y")
    axes.set_axisbelow(True)
    unit = f"{_threads(threads)}, each stage alone"
    axes.set_xlabel(f"share of the stages on {unit}: percent; at the end, a proof's median")
    drawn.legend(loc="outside upper center", ncols=6, frameon=False)
    return save(drawn, path)


def _share(entry: Entry, name: str) -> float:
    times = {stage["name"]: stage["time"]["median"] for stage in entry["stages"]}
    return 100 * float(times.get(name, 0)) / float(sum(times.values()))


def _draw_shapes(document: Mapping[str, Any], path: Path) -> Sequence[Path]:
    """Of the first backend, on most threads: a panel for each circuit, a group for each shape."""
    entries = list(_widest(document))
    circuits = list(dict.fromkeys(entry["circuit"] for entry in entries))
    drawn, panels = figure(width=2.6 + 3 * len(circuits), height=4.2, columns=len(circuits))
    top = max(entry[name]["median"] for entry in entries for name in _COSTS) * 1000
    bottom = min(entry[name]["median"] for entry in entries for name in _COSTS) * 1000
    shapes = max(sum(entry["circuit"] == circuit for entry in entries) for circuit in circuits)
    for axes, circuit in zip(panels, circuits, strict=True):
        some = [entry for entry in entries if entry["circuit"] == circuit]
        _draw_costs(axes, some)
        axes.set_title(circuit)
        axes.set_yscale("log")
        axes.set_ylim(bottom / 2, top * 2)
        axes.set_xlim(-0.5, shapes - 0.5)
        axes.set_xlabel("shape")
    backend, threads = entries[0]["backend"], entries[0]["threads"]
    _name_ticks(panels[0].yaxis)
    for axes in panels[1:]:
        axes.set_yticklabels([])
    panels[0].set_ylabel(f"{backend}, {_threads(threads)}: median, milliseconds")
    handles, labels = panels[0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside upper center", ncols=len(_COSTS), frameon=False)
    return save(drawn, path)


def _draw_costs(axes: Any, entries: Sequence[Entry]) -> None:
    width = _BAR / len(_COSTS)
    for index, (fill, (name, label)) in enumerate(zip(FILLS, _COSTS.items(), strict=False)):
        where = [shape + (index - (len(_COSTS) - 1) / 2) * width for shape in range(len(entries))]
        times = [entry[name]["median"] * 1000 for entry in entries]
        axes.bar(where, times, width, label=label, edgecolor="black", linewidth=0.5, **fill)
    axes.set_xticks(range(len(entries)), [entry["shape"] for entry in entries])
    axes.grid(visible=False, axis="x")
    axes.set_axisbelow(True)


def _widest(document: Mapping[str, Any]) -> Iterator[Entry]:
    first = document["figures"][0]["backend"]
    ours = [entry for entry in document["figures"] if entry["backend"] == first]
    threads = max(entry["threads"] for entry in ours)
    return (entry for entry in ours if entry["threads"] == threads)


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _name_ticks(axis: Any) -> None:
    """Numbers as people write them, at 1, 2 and 5 of every power of ten."""
    axis.set_major_formatter(lambda value, _: f"{value:,g}")
    axis.set_minor_formatter(lambda value, _: f"{value:,g}" if f"{value:e}"[0] in "25" else "")


_CHARTS: Final = MappingProxyType(
    {"time": _draw_time, "stages": _draw_stages, "shapes": _draw_shapes}
)
