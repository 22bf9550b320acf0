"""A bar that shows how far a training is, by tqdm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd.notes.numbers import short_number
from autograd.notes.progress import tqdm_if_there

Show = Callable[[int, Any], None]


@contextmanager
def progress_bar(epochs: int, batches: int, progress: bool | None) -> Iterator[Show]:
    """A function that shows one more batch, given its epoch and loss: tqdm's bar, or nothing."""
    tqdm = tqdm_if_there(progress, "the progress", stacklevel=5)  # the line that calls fit
    if tqdm is None:
        yield lambda epoch, loss: None
        return
    disable = None if progress is None else False
    with tqdm(total=epochs * batches, unit="batch", disable=disable) as bar:

        def show(epoch: int, loss: Any) -> None:
            # The text is made only for what is drawn, and for the end.
            if bar.update() or bar.n % batches == 0:
                bar.set_postfix_str(f"epoch {epoch}, loss {short_number(loss)}", refresh=False)

        yield show
