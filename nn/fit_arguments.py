"""What `fit` is given: the samples in the model's numbers, and a sentence for what cannot be
trained with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.elementary import probability
from autograd.number_types import BUILT_IN, number_of
from autograd.operations import OPERATIONS
from nn.activations import LINEAR, SOFTMAX
from nn.checks import listed
from nn.declared_type import as_number
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
)
from nn.optimizer import Optimizer

Sample = tuple[Any, Any]

# --- samples --------------------------------------------------------------------------------------


def samples_of(
    inputs: Iterable[Any], targets: Iterable[Any], model: Any, label: str = ""
) -> list[Sample]:
    """Pairs of inputs and target, as many as were given."""
    for what, given in ((f"{label}inputs", inputs), (f"{label}targets", targets)):
        if not isinstance(given, Iterable) or isinstance(given, (str, Mapping)):
            raise TypeError(f"the {what} are a list, one for each sample, not {_a(given)}")
    inputs, targets = [plain(x) for x in inputs], [_in_numbers(plain(x), model) for x in targets]
    if len(inputs) != len(targets):
        raise ValueError(
            f"one {label}target for each {label}input: got {len(inputs)} inputs and "
            f"{len(targets)} targets"
        )
    if not inputs:
        raise ValueError(f"training needs at least one {label}sample: got none")
    return list(zip(inputs, targets, strict=True))


def validation_samples(validation: Any, model: Any) -> list[Sample] | None:
    """The samples of the pair (inputs, targets), if there is one."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError("validation is a pair: (inputs, targets)")
    inputs, targets = validation
    return samples_of(inputs, targets, model, "validation ")


def plain(x: Any) -> Any:
    """NumPy's arrays and scalars as Python's own, with which the engine is exact, and what can be
    read only once as a list; others as they are.
    """
    x = listed(x)
    if isinstance(x, (list, tuple)):
        return [plain(number) for number in x]
    return x.tolist() if hasattr(x, "tolist") else x


def _in_numbers(target: Any, model: Any, alone: bool = True) -> Any:
    """A target in the model's number type, a bool as 0 or 1; one int for several outputs is the
    index of a class.
    """
    if isinstance(target, list):
        return [_in_numbers(number, model, alone=False) for number in target]
    target = int(target) if isinstance(target, bool) else target
    numbers = getattr(model, "numbers", None)
    if numbers is None or target.__class__ not in BUILT_IN:
        return target
    is_index = alone and target.__class__ is int and len(model.layers[-1].neurons) > 1
    return target if is_index else as_number(target, numbers)


# --- model and loss -------------------------------------------------------------------------------


def check_model(model: Any) -> None:
    if isinstance(model, type) or not callable(model) or not hasattr(model, "parameters"):
        raise TypeError(f"the model is a network, such as nn.MLP(2, [4, 1]), not {_a(model)}")
    if getattr(model, "numbers", None) is int:
        raise TypeError(
            "an update is no int, so numbers=int is not trained: "
            "take numbers=Fraction (exact) or float"
        )


class Outputs(NamedTuple):
    """What one loss takes: from which layers, and which losses there are for others."""

    loss: Any
    what: str
    layers: tuple[str, ...]
    others: dict[str, str]


OUTPUTS = (
    Outputs(
        binary_cross_entropy_with_logits,
        "logits",
        (LINEAR,),
        {"sigmoid": "binary_cross_entropy"},
    ),
    Outputs(cross_entropy_with_logits, "logits", (LINEAR,), {SOFTMAX: "cross_entropy"}),
    Outputs(
        binary_cross_entropy,
        "probabilities",
        ("sigmoid", SOFTMAX),
        {LINEAR: "binary_cross_entropy_with_logits"},
    ),
    Outputs(
        cross_entropy,
        "probabilities",
        (SOFTMAX,),
        {LINEAR: "cross_entropy_with_logits", "sigmoid": "binary_cross_entropy"},
    ),
)


def check_loss(loss: Any, model: Any) -> None:
    """A TypeError unless the loss is a function, a ValueError if the outputs do not fit it."""
    if not callable(loss):
        raise TypeError(
            f"the loss is a function of prediction and target, such as nn.mse, not {_a(loss)}"
        )
    layer = getattr(model, "layers", [model])[-1]
    found = getattr(layer, "activation_label", None)
    outputs = next((outputs for outputs in OUTPUTS if outputs.loss is loss), None)
    if outputs is None or found in outputs.layers:
        return
    if found in OPERATIONS or found in (LINEAR, SOFTMAX):
        name = getattr(loss, "name", None) or loss.__name__
        remedy = (
            f"for which there is {outputs.others[found]}"
            if found in outputs.others
            else f"make its last layer {outputs.layers[0]}"
        )
        raise ValueError(
            f"{name} takes {outputs.what}, the outputs of a {' or '.join(outputs.layers)} layer: "
            f"this network's are {found}, {remedy}"
        )


def check_target(operation: Any, operands: Sequence[Any]) -> None:
    """A ValueError if it was for its target, no probability, that a binary cross-entropy failed."""
    if operation not in (binary_cross_entropy, binary_cross_entropy_with_logits):
        return
    target = number_of(operands[1])
    try:
        probability(target)
    except (ArithmeticError, ValueError):  # Decimals do not compare a NaN
        raise ValueError(
            f"target {target} is not a probability; labels -1 and 1 are for hinge"
        ) from None


# --- the rest -------------------------------------------------------------------------------------


def check_counts(epochs: Any, batch_size: Any) -> None:
    for label, number, least in (("epochs", epochs, 0), ("batch_size", batch_size, 1)):
        if number is None and label == "batch_size":
            continue
        if number.__class__ is not int:
            raise TypeError(f"{label} is an int, not {_a(number)}")
        if number < least:
            raise ValueError(f"{label} is at least {least}: got {number}")


def check_shuffle(shuffle: Any) -> None:
    if isinstance(shuffle, type):
        raise TypeError(
            f"shuffle is a source of random numbers, not the class: give {shuffle.__name__}(0), "
            "for a seed of 0"
        )
    if shuffle is not None and not callable(getattr(shuffle, "shuffle", None)):
        raise TypeError(
            "shuffle is a source of random order, random.Random(0), so that a run can be repeated, "
            "or None"
        )


def check_optimizer(optimizer: Any, model: Any) -> None:
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "step", None)):
        raise TypeError(
            "optimizer is one made for the model: nn.SGD(model.parameters(), learning_rate=0.1)"
        )
    if isinstance(optimizer, Optimizer) and set(optimizer.parameters).isdisjoint(
        model.parameters()
    ):
        raise ValueError(
            "the optimizer was made for other parameters than this model's: "
            "give it model.parameters()"
        )


def check_functions(callbacks: Any, **of_parameters: Any) -> None:
    if not isinstance(callbacks, Sequence) or not all(map(callable, callbacks)):
        raise TypeError(
            "callbacks are a list, each called as callback(epoch, history, model): "
            "give [callback], or []"
        )
    for label, function in of_parameters.items():
        if function is not None and not callable(function):
            raise TypeError(
                f"{label} is a function of the parameters, `lambda parameters: ...`, "
                f"not {_a(function)}"
            )


def check_progress(progress: Any) -> None:
    if progress not in (True, False, None):
        raise TypeError(f"progress is True, False or None (see fit), not {progress!r}")


ENGINES = ("auto", "eager", "compiled", "llvm", "numpy", "jax")


def check_engine(engine: Any, mesh: Any) -> None:
    if engine not in ENGINES:
        *most, last = map(repr, ENGINES)
        raise ValueError(f"the engine is {', '.join(most)} or {last}, not {engine!r}")
    if mesh is not None and engine != "jax":
        raise ValueError(f"a mesh is of JAX's devices: give engine='jax', not {engine!r}")


DTYPES = ("float64", "float32")


def dtype_of(dtype: Any) -> str:
    """The name of the numbers that compiled steps compute in; NumPy's own may stand for it.

    >>> dtype_of("float32")
    'float32'
    """
    name = str(getattr(dtype, "__name__", dtype))
    if name not in DTYPES:
        raise ValueError(f"the dtype is 'float64' or 'float32', not {dtype!r}")
    return name


def _a(x: Any) -> str:
    return f"a {type(x).__name__}"
