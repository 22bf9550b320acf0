"""How a training went, and its plot."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograd.files import write_atomically
from autograd.notes.number_style import NumberStyle
from autograd.notes.tables import Table

MOST_SHOWN = 10  # epochs at each end of the table in a notebook


@dataclass
class History:
    """How a training went: the mean loss of each epoch, in the numbers' own type.

    `losses` are measured on the way, each batch before its update, penalty included;
    `validation_losses` after the epoch, without penalty. `stopped` says that a callback ended the
    training, `interrupted` that Ctrl-C did. An epoch that was cut short, by Ctrl-C or a divergence,
    counts with the batches that it made. `engine` says what made the steps, and `why_eager` why
    they were not compiled.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[2.0]]], [[0.0]], ["linear"])
    >>> optimizer = nn.SGD(model.parameters(), 0.25)
    >>> nn.fit(model, [[1]], [3], loss=nn.mse, optimizer=optimizer, epochs=2, progress=False)
    History(losses=[1.0, 0.0], validation_losses=[], interrupted=False, stopped=False)
    """

    losses: list[Any] = field(default_factory=list)
    validation_losses: list[Any] = field(default_factory=list)
    interrupted: bool = False
    stopped: bool = False
    engine: str = field(default="eager", repr=False, compare=False)
    why_eager: str = field(default="", repr=False, compare=False)

    def _repr_html_(self) -> str:
        """The losses as a table; of many epochs the first and the last ones."""
        heads, columns = ["epoch", "loss"], [self.losses]
        if self.validation_losses:
            heads, columns = [*heads, "validation loss"], [*columns, self.validation_losses]
        count, style = len(self.losses), NumberStyle()
        rows = [heads]
        for number in range(count):
            if MOST_SHOWN <= number < count - MOST_SHOWN:
                continue
            losses = (style.short(each[number]) if number < len(each) else "-" for each in columns)
            rows.append([str(number + 1), *losses])
        if count > 2 * MOST_SHOWN:
            rows.insert(MOST_SHOWN + 1, ["…"] * len(heads))
        return Table("", rows)._repr_html_()

    def plot(self, where: Any = None) -> Any:
        """Plot the losses into a file (.png, .svg, .pdf), onto given matplotlib axes, or (None)
        onto new ones.

        Returns the axes. A file needs no display.

        >>> History([0.53, 0.01]).plot("loss.png")  # doctest: +SKIP
        <Axes: xlabel='epoch', ylabel='loss'>
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise ImportError(
                'plots are drawn by matplotlib: pip install "chalkgrad[plots]"'
            ) from error
        if where is None:
            from matplotlib import pyplot

            return self._plotted(pyplot.figure().add_subplot())
        if not isinstance(where, (str, os.PathLike)):
            return self._plotted(where)
        axes = self._plotted(Figure(layout="constrained").add_subplot())
        kind = Path(where).suffix.removeprefix(".") or "png"
        drawn = io.BytesIO()
        axes.figure.savefig(drawn, format=kind)
        write_atomically(Path(where).with_suffix(f".{kind}"), drawn.getvalue())
        return axes

    def _plotted(self, axes: Any) -> Any:
        series = {"training": self.losses, "validation": self.validation_losses}
        marker = "o" if len(self.losses) == 1 else None  # a line of one point is not seen
        for label, losses in series.items():
            if losses:
                epochs = range(1, len(losses) + 1)
                axes.plot(epochs, list(map(float, losses)), label=label, marker=marker)
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss")
        axes.xaxis.get_major_locator().set_params(integer=True)
        if self.validation_losses:
            axes.legend()
        return axes
