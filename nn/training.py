"""Training: `fit` runs the loop of forward pass, backward pass and update, and returns how the loss
went.

>>> import random, nn
>>> model = nn.MLP(2, [4, 1], ["tanh", "sigmoid"], rng=random.Random(7))
>>> inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> optimizer = nn.SGD(model.parameters(), learning_rate=2.0)
>>> history = fit(
...     model, inputs, targets, loss=nn.half_squared_error, optimizer=optimizer, epochs=600,
...     progress=False,
... )
>>> history.losses[0] > 0.1, history.losses[-1] < 0.005
(True, True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nn.divergence import DivergenceError
from nn.fit_arguments import (
    check_counts,
    check_engine,
    check_functions,
    check_loss,
    check_model,
    check_optimizer,
    check_progress,
    check_shuffle,
    dtype_of,
    plain,
    samples_of,
    validation_samples,
)
from nn.history import History
from nn.losses import Loss
from nn.progress import progress_bar
from nn.training_run import OfParameters, Run

__all__ = ["DivergenceError", "History", "fit"]

Callback = Callable[[int, History, Any], Any]


def fit(
    model: Any,
    inputs: Iterable[Sequence[Any]],
    targets: Iterable[Any],
    *,
    loss: Loss,
    optimizer: Any,
    epochs: int,
    batch_size: int | None = None,
    shuffle: Any = None,
    penalty: OfParameters | None = None,
    clip: OfParameters | None = None,
    validation: tuple[Iterable[Any], Iterable[Any]] | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool | None = True,
    engine: str = "eager",
    mesh: Any = None,
    dtype: Any = "float64",
) -> History:
    """Train `model` on m inputs and m targets, and return the History.

    `loss(prediction, target)` is the loss of one sample; a step goes down the mean over its batch
    (None: all samples). `shuffle` is a random.Random that orders the samples anew in each epoch;
    the same seed gives the same run. `penalty` is added to each batch's loss, and `clip` is called
    before each update; both are functions of the model's parameters: `lambda parameters:
    nn.l2(parameters, 0.01)`, `lambda parameters: nn.clip_grad_norm(parameters, 1)`. The optimizer
    may be given more parameters than the model's, such as a scale in the loss, which are trained
    with them. A parameter that a batch's loss does not reach has the gradient 0: momentum and
    weight decay move it all the same. Callbacks are called as callback(epoch, history, model) after
    each epoch, counted from 1. One that returns True ends the training; an error in one comes out
    as it is, and the history that the callback was given is that until then. `progress` shows a bar
    by tqdm: True says so where that is not installed; None shows one only in a terminal or a
    notebook where it is; False shows none.

    `engine` is "eager", each step on Values as they are; or what runs compiled steps, in floats:
    "compiled" (the fastest that is installed), "llvm", "numpy" or "jax", which shares each batch
    out to the devices of a `mesh`; or "auto", compiled where that can be, else eager, for the
    reason that is `why_eager` in the History. All is as in the eager training, but for the last
    places of the numbers; what the model, the loss and the penalty do beside computing, such as
    counting or drawing random numbers, is done once. Compiled steps compute in the `dtype`
    "float64" or "float32". See docs/compiler.md and docs/cluster.md.

    Ctrl-C ends the training and keeps what was learnt. A loss or an update that is not finite is a
    DivergenceError. Targets are converted to the model's `numbers` as its inputs are; not the index
    of a class.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[2.0]]], [[0.0]], ["linear"])
    >>> optimizer = nn.SGD(model.parameters(), 0.25)
    >>> fit(model, [[1]], [3], loss=nn.mse, optimizer=optimizer, epochs=2, progress=False).losses
    [1.0, 0.0]
    """
    check_model(model)
    samples, held_out = samples_of(inputs, targets, model), validation_samples(validation, model)
    check_counts(epochs, batch_size)
    check_shuffle(shuffle)
    check_optimizer(optimizer, model)
    check_loss(loss, model)
    check_functions(callbacks, penalty=penalty, clip=clip)
    check_progress(progress)
    check_engine(engine, mesh)
    kind = dtype_of(dtype)
    size = batch_size or len(samples)
    run = Run(model, loss, optimizer, samples, held_out, size, shuffle, penalty, clip)
    if kind != "float64" and engine == "eager":
        raise ValueError(
            f"dtype={dtype!r} is of compiled steps: give engine='compiled'; Values compute in the "
            "numbers that they hold"
        )
    if engine != "eager":
        run = _by_engine(run, engine, mesh, kind)
    history = run.watch.history
    with progress_bar(epochs, len(run.starts), progress) as show:
        try:
            epoch = 0
            while epoch < epochs:
                epoch = run.make_epochs(epoch + 1, epoch + 1 if callbacks else epochs, show)
                if callbacks:
                    run.sync()
                    stops = [plain(each(epoch, history, model)) is True for each in callbacks]
                    run.load()
                    if any(stops):
                        history.stopped = True
                        break
        except KeyboardInterrupt:
            history.interrupted = True
        finally:
            run.sync()
    return history


def _by_engine(run: Run, engine: str, mesh: Any, dtype: str) -> Run:
    """The run by compiled steps; the same for "auto" where that cannot be, with the reason."""
    from autograd.compiler.engines import require_numpy

    try:
        require_numpy()
    except ModuleNotFoundError as error:
        if engine != "auto":
            raise
        run.watch.history.why_eager = str(error)
        return run
    from nn.compiled_fit import compiled_run

    return compiled_run(run, engine, mesh, dtype)
