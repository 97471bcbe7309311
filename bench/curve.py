"""Draws loss against seconds from the engine's benchmark: `python -m bench.curve FILE`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

PICTURE = Path("docs/pictures/loss-over-time.png")
LINES = {  # key of the curve: name, colour
    "reference": ("Keras example, 4000 steps", "#888888"),
    "baseline": ("scipy L-BFGS-B, float32", "#2b6cb0"),
    "torch": ("PyTorch L-BFGS, float32, channels last", "#2f855a"),
    "ours": ("Gramworks", "#c2410c"),
}


def draw(curves: dict[str, Any]) -> Figure:
    """Draw one pair's curves, each up to the reference's final loss."""
    mpl.rcParams.update({"font.size": 12, "axes.spines.top": False, "axes.spines.right": False})
    figure = Figure(figsize=(8, 5.33), dpi=150, layout="constrained")
    axes = figure.subplots()
    goal = curves["reference"][-1][1]
    axes.axhline(goal, color="#bbbbbb", linewidth=0.8, linestyle=(0, (4, 4)))
    for key, (name, colour) in LINES.items():
        if curves[key]:  # empty if PyTorch is not installed
            _line(axes, _until(goal, curves[key]), name, colour)
    axes.set(xscale="log", yscale="log", xlabel="seconds", ylabel="loss")
    axes.xaxis.set_major_formatter(FuncFormatter(_plain))
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))
    axes.legend(frameon=False, loc="upper right")
    axes.set_title(f"{curves['name']}, {curves['rows']} rows", loc="left", fontsize=12)
    return figure


def _line(axes: Axes, points: Sequence[Sequence[float]], name: str, colour: str) -> None:
    seconds, losses = zip(*points, strict=True)
    spent = f"{seconds[-1]:,.{1 if seconds[-1] < 10 else 0}f} s"
    axes.plot(seconds, losses, color=colour, linewidth=2, label=f"{name}: {spent}")
    axes.plot(seconds[-1], losses[-1], "o", color=colour, markersize=6)


def _until(goal: float, points: Sequence[Sequence[float]]) -> Sequence[Sequence[float]]:
    met = (index for index, (_, loss) in enumerate(points) if loss <= goal)
    return points[: next(met, len(points)) + 1]


def _plain(value: float, _position: int) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw one pair at one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", type=Path, help="the JSON of bench.engine")
    parser.add_argument("--rows", type=int, default=128)
    parser.add_argument("--pair", type=int, default=1)
    parser.add_argument("--out", type=Path, default=PICTURE)
    chosen = parser.parse_args(arguments)
    known = json.loads(chosen.engine.read_text())["curves"]
    wanted = (chosen.rows, chosen.pair)
    found = [curves for curves in known if (curves["rows"], curves["pair"]) == wanted]
    if not found:
        parser.error(f"{chosen.engine} has no pair {chosen.pair} at {chosen.rows} rows")
    draw(found[0]).savefig(chosen.out)
    print(chosen.out)


if __name__ == "__main__":
    main()
