"""A price from four features: a 4-7-1 network, in matrix form and against simpler predictions.

    python -m demos.price_regression [--out pictures]

Hidden layer ReLU, output linear, loss the mean squared error over m = 49 neighbourhoods, one column
for each example. The matrix form is read from the scalar graph, and every line of it is compared
with that graph: in symbols at 2-3-1 with two examples, and exactly, on rationals, at 4-7-1 with all
49.
"""

from __future__ import annotations

import csv
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nn
from autograd import Picture, Value, dot, draw, relu, where
from demos.claims import Claim, System, corrected, garbled, leaves, named, same, show
from demos.matrices import (
    Formula,
    Matrices,
    Matrix,
    assemble,
    matrix_claim,
    same_entries,
    shape_text,
    symbolic_batch,
)
from demos.shared import (
    BLUE,
    GREY,
    VERMILION,
    finished,
    output_folder,
    plotting,
    run,
    save,
    save_both,
    with_bar,
)

DATA = Path(__file__).with_name("data") / "columbus.csv"
FEATURES = ("INC", "CRIME", "OPEN", "DISCBD")
SEED, FOLDS, SPLITS = 1, 7, 8
EPOCHS, LEARNING_RATE = 30, 0.1  # set by hand, for all folds alike
CLIMB = 4  # updates with the notes' sign; a few more, and the loss is beyond a float
Row = tuple[float, ...]


def read(number: Callable[[str], Any] = float) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """The features of each neighbourhood, and its price in $1000."""
    rows = list(csv.DictReader(DATA.read_text("utf-8").splitlines()))
    features = [tuple(number(row[name]) for name in FEATURES) for row in rows]
    return features, [number(row["HOVAL"]) for row in rows]


# --- the matrix form ------------------------------------------------------------------------------


@cache
def exact_batch() -> dict[str, Matrix]:
    """All matrices at 4-7-1 over the 49 neighbourhoods as Fractions.

    Weights are small, of either sign, from a fixed seed. Features are scaled by fixed factors here,
    not standardised: a standard deviation is not rational.
    """
    rng = random.Random(SEED)
    inputs, targets = read(Fraction)
    scales = (15, 35, 3, 3)
    scaled = [tuple(x / scale for x, scale in zip(row, scales, strict=True)) for row in inputs]

    def drawn(rows: int, columns: int) -> list[list[Fraction]]:
        return [[Fraction(rng.randint(-20, 20), 10) for _ in range(columns)] for _ in range(rows)]

    weights, biases = [drawn(7, 4), drawn(1, 7)], [drawn(1, 7)[0], drawn(1, 1)[0]]
    model = nn.MLP.from_weights(weights, biases, ["relu", "linear"])
    return assemble(model, scaled, targets, nn.squared_error)


@cache
def small_batch() -> dict[str, Matrix]:
    """All matrices at 2-3-1 on two examples, in symbols."""
    return symbolic_batch((2, 3, 1), ("relu", "linear"), 2, nn.squared_error)


def _per_example(difference: Matrix) -> Matrix:
    m = difference.shape[1]
    return difference.each("2 ({})/m", lambda x: 2 * x / m)


def _negated(m: Matrices) -> Matrix:
    """dA2 with the sign as printed."""
    return _per_example(m["Y"] - m["A2"])


def _mean_square(difference: Matrix) -> Matrix:
    m = difference.shape[1]
    return difference.each("({})^2", lambda x: x * x).row_sums().each("{}/m", lambda x: x / m)


MATRIX_FORM: dict[str, Formula] = {
    "Z1": lambda m: m["W1"] @ m["A0"] + m["b1"],
    "A1": lambda m: m["Z1"].each("relu({})", relu),
    "Z2": lambda m: m["W2"] @ m["A1"] + m["b2"],
    "A2": lambda m: m["Z2"],
    "L": lambda m: _mean_square(m["Y"] - m["A2"]),
    "dA2": lambda m: _per_example(m["A2"] - m["Y"]),
    "dZ2": lambda m: m["dA2"],
    "dW2": lambda m: m["dZ2"] @ m["A1"].T,
    "db2": lambda m: m["dZ2"].row_sums(),
    "dA1": lambda m: m["W2"].T @ m["dZ2"],
    "dZ1": lambda m: m["dA1"] * m["Z1"].each("[{} > 0]", lambda z: where(z, 1, 0)),
    "dW1": lambda m: m["dZ1"] @ m["A0"].T,
    "db1": lambda m: m["dZ1"].row_sums(),
}


@cache
def claims() -> tuple[Claim, ...]:
    """Every line of the notes, in their order; a refuted one is followed by what it should say."""
    return (*_forward_claims(), *_backward_claims())


def _forward_claims() -> list[Claim]:
    line = _line
    without_index = "L = sum (y_i - yhat)^2/m, where yhat wants its index i"
    product = "".join(f"({shape_text(exact_batch()[name].shape)})" for name in ("W1", "A0"))
    return [
        line("line 7", "Z1 = W1 A0 + b1", "Z1", MATRIX_FORM["Z1"]),
        *_shape_claims("line 9", {"Z1": "7x49", "b1": "7x1"}),
        *garbled(
            same("line 9", "W1 A0 is 7x4x49", "7x4x49", product),
            same("ours", "W1 A0 is (7x4)(4x49)", "(7x4)(4x49)", product),
        ),
        *_shape_claims("line 11", {"A0": "4x49"}, " = X^T"),
        line("line 13", "A1 = relu(Z1)", "A1", MATRIX_FORM["A1"]),
        line("line 15", "Z2 = W2 A1 + b2", "Z2", MATRIX_FORM["Z2"]),
        *_shape_claims("line 16", {"Z2": "1x49", "W2": "1x7", "A1": "7x49", "b2": "1x1"}),
        line("line 18", "A2 = Z2, a linear output", "A2", MATRIX_FORM["A2"]),
        line("line 20", without_index, "L", MATRIX_FORM["L"]),
        same("line 20", "m = 49", 49, exact_batch()["A0"].shape[1]),
    ]


def _backward_claims() -> list[Claim]:
    line, one = _line, _one_example()
    return [
        *corrected(
            line("line 26", "dA2 = 2 (y_i - yhat)/m", "dA2", _negated),
            line("ours", "dA2 = 2 (A2 - Y)/m", "dA2", MATRIX_FORM["dA2"]),
        ),
        _sign_claim(),
        line("line 28", "dZ2 = dA2", "dZ2", MATRIX_FORM["dZ2"]),
        one.claim("line 30", "dL/dw2 = dL/dz2*dz2/dw2"),
        *_slip_claims(),
        line("line 31", "dW2 = dA2 A1^T", "dW2", lambda m: m["dA2"] @ m["A1"].T),
        one.claim("line 34", "dL/db2 = dL/dz2*dz2/db2"),
        one.claim("line 34", "dz2/db2 = 1"),
        line("line 36", "db2 = sum dZ2", "db2", MATRIX_FORM["db2"]),
        one.claim("line 40", "dL/dA1 = dL/dz2*dz2/dA1"),
        *corrected(
            line("line 40", "dA1 = dZ2 W2^T", "dA1", lambda m: m["dZ2"] @ m["W2"].T),
            line("ours", "dA1 = W2^T dZ2", "dA1", MATRIX_FORM["dA1"]),
        ),
        one.claim("line 42", "dL/dz1 = dL/dA1*dA1/dz1"),
        line("line 42", "dZ1 = dA1 (Z1 > 0), entry by entry", "dZ1", MATRIX_FORM["dZ1"]),
        one.claim("line 46", "dL/dw1 = dL/dz1*dz1/dw1"),
        line("line 46", "dW1 = dZ1 x^T with x = A0", "dW1", MATRIX_FORM["dW1"]),
        *corrected(
            line("line 46", "dW1 = dZ1 x^T with x = X", "dW1", lambda m: m["dZ1"] @ m["A0"].T.T),
            line("ours", "dW1 = dZ1 X", "dW1", lambda m: m["dZ1"] @ m["A0"].T),
        ),
        one.claim("line 49", "dL/db1 = dL/dz1*dz1/db1"),
        line("line 49", "db1 = sum dZ1", "db1", MATRIX_FORM["db1"]),
        *_shape_claims("ours", {"dW2": "1x7", "db2": "1x1", "dA1": "7x49"}),
        *_shape_claims("ours", {"dZ1": "7x49", "dW1": "7x4", "db1": "7x1"}),
        one.update("line 53", "w1", "w1 - alpha*dL/dw1"),
        one.claim("line 61", "L = (y - z2)^2", "L = (y - yhat)^2 for one example"),
    ]


def _line(where: str, statement: str, name: str, printed: Formula) -> Claim:
    return matrix_claim(where, statement, name, printed, [small_batch(), exact_batch()])


def _shape_claims(where: str, printed: dict[str, str], beside: str = "") -> list[Claim]:
    true = {name: shape_text(exact_batch()[name].shape) for name in printed}
    return [
        same(where, f"{name}{beside} is {shape}", shape, true[name])
        for name, shape in printed.items()
    ]


def _slip_claims() -> tuple[Claim, Claim]:
    """The middle member of dW2: the line that is differentiated must be the one that gives Z2."""
    return corrected(
        _line("line 31", "dW2 = dA2 d(W1 A1 + b)/dW2", "Z2", lambda m: m["W1"] @ m["A1"] + m["b2"]),
        _line("ours", "dW2 = dA2 d(W2 A1 + b2)/dW2", "Z2", MATRIX_FORM["Z2"]),
    )


def _one_example() -> System:
    """A 1-1-1 network on one example, number by number; z2 is the prediction."""
    x, w1, b1, w2, b2, y = leaves("x w1 b1 w2 b2 y")
    activation = named(relu(named(dot([w1], [x], b1), "z1")), "A1")
    return System(named(nn.squared_error(named(dot([w2], [activation], b2), "z2"), y), "L"))


def _sign_claim() -> Claim:
    """What follows from the sign: all that is computed from a negated dA2 is negated."""
    m = dict(exact_batch())
    m["dZ2"] = _negated(m)
    m["dA1"] = MATRIX_FORM["dA1"](m)
    m["dZ1"] = MATRIX_FORM["dZ1"](m)
    names = ("dW2", "db2", "dW1", "db1")
    negated = [MATRIX_FORM[name](m).each("-({})", lambda x: -x).rows for name in names]
    true = [exact_batch()[name].rows for name in names]
    return same("ours", "with the sign as printed every gradient is exactly negated", negated, true)


# --- the price ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scale:
    """Means and standard deviations, of the training rows only."""

    means: Row
    deviations: Row

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Scale:
        """Those of the rows, column by column."""
        columns = list(zip(*rows, strict=True))
        return cls(tuple(map(statistics.fmean, columns)), tuple(map(statistics.pstdev, columns)))

    def apply(self, row: Row) -> Row:
        """A row standardised."""
        scaled = zip(row, self.means, self.deviations, strict=True)
        return tuple((x - centre) / deviation for x, centre, deviation in scaled)

    def undo(self, number: float) -> float:
        """A standardised single number back in its own unit."""
        return number * self.deviations[0] + self.means[0]


Predictor = Callable[[Row], float]


def train(
    inputs: Sequence[Row],
    prices: Sequence[float],
    epochs: int = EPOCHS,
    sign: int = 1,
    seed: int = SEED,
) -> tuple[nn.MLP, Predictor, list[float]]:
    """Full-batch descent on standardised numbers: the model, its prediction, and its losses.

    The prediction is in $1000, the losses are those before each update and the last. The start is
    drawn with `seed`. With `sign=-1` every gradient is negated, as by the notes' dA2.
    """
    scale, price_scale = Scale.of(inputs), Scale.of([(price,) for price in prices])
    rows = [scale.apply(row) for row in inputs]
    targets = [price_scale.apply((price,))[0] for price in prices]
    model = nn.MLP(len(FEATURES), [7, 1], ["relu", "linear"], rng=random.Random(seed))
    model.input_names = list(FEATURES)
    model.layers[-1].neurons[0].preactivation_name = "price"
    loss = nn.squared_error if sign > 0 else _negated_error
    optimizer = nn.SGD(model.parameters(), LEARNING_RATE)
    history = nn.fit(
        model, rows, targets, loss=loss, optimizer=optimizer, epochs=epochs, progress=False
    )
    last = nn.mse([model.predict(row) for row in rows], targets)
    losses = [*(sign * number for number in finished(history, epochs).losses), last]
    return model, lambda row: price_scale.undo(model.predict(scale.apply(row))), losses


def _negated_error(prediction: Any, price: Any) -> Any:
    return -nn.squared_error(prediction, price)


def least_squares(inputs: Sequence[Row], prices: Sequence[float]) -> Predictor:
    """Ordinary least squares with an intercept."""
    import numpy

    design = numpy.column_stack([numpy.ones(len(inputs)), numpy.array(inputs)])
    coefficients = numpy.linalg.lstsq(design, numpy.array(prices), rcond=None)[0]

    def predict(row: Row) -> float:
        terms = zip(coefficients[1:], row, strict=True)
        return float(coefficients[0] + sum(c * x for c, x in terms))

    return predict


def mean_price(inputs: Sequence[Row], prices: Sequence[float]) -> Predictor:
    """The trivial prediction: the mean price, whatever the features."""
    centre = statistics.fmean(prices)
    return lambda row: centre


METHODS: dict[str, Callable[[Sequence[Row], Sequence[float], int], Predictor]] = {
    "mean price": lambda inputs, prices, seed: mean_price(inputs, prices),
    "least squares": lambda inputs, prices, seed: least_squares(inputs, prices),
    "network 4-7-1": lambda inputs, prices, seed: train(inputs, prices, seed=seed)[1],
}


@dataclass(frozen=True, slots=True)
class Errors:
    """Root mean square and mean absolute error of predictions, in dollars."""

    root_mean_square: float
    mean_absolute: float

    @classmethod
    def of(cls, predicted: Sequence[float], actual: Sequence[float]) -> Errors:
        """Those of predictions in $1000."""
        off = [1000 * (p - a) for p, a in zip(predicted, actual, strict=True)]
        return cls(statistics.fmean(x * x for x in off) ** 0.5, statistics.fmean(map(abs, off)))

    @classmethod
    def mean(cls, found: Sequence[Errors]) -> Errors:
        """The mean of either over several divisions into folds."""
        return cls(
            statistics.fmean(errors.root_mean_square for errors in found),
            statistics.fmean(errors.mean_absolute for errors in found),
        )


def cross_validated(folds: int = FOLDS, seed: int = SEED) -> dict[str, list[float]]:
    """Each price predicted by each method from the folds that it is not in.

    Scaling sees those folds only. `seed` draws the division into folds, and the network's start
    too: with one start for all, luck looks like skill.
    """
    inputs, prices = read()
    order = list(range(len(prices)))
    random.Random(seed).shuffle(order)
    bounds = [len(order) * fold // folds for fold in range(folds + 1)]
    predicted = {name: [0.0] * len(prices) for name in METHODS}
    for first, last in pairwise(bounds):
        held_out, rest = order[first:last], order[:first] + order[last:]
        for name, method in METHODS.items():
            predict = method([inputs[i] for i in rest], [prices[i] for i in rest], seed)
            for i in held_out:
                predicted[name][i] = predict(inputs[i])
    return predicted


def median_division(errors: dict[str, list[Errors]]) -> int:
    """The division that is the median, or the lower, of how far the network is behind the plane."""
    pairs = zip(errors["network 4-7-1"], errors["least squares"], strict=True)
    behind = [network.root_mean_square - plane.root_mean_square for network, plane in pairs]
    return behind.index(statistics.median_low(behind))


# --- what is shown --------------------------------------------------------------------------------


def show_matrices() -> None:
    """The matrix form with its shapes; an ArithmeticError if the scalar graph gives another."""
    batch = exact_batch()
    print("\nThe matrix form, m = 49, equal to the scalar graph on rationals")
    for name, formula in MATRIX_FORM.items():
        matrix = formula(batch)
        if not same_entries(matrix, batch[name]):
            raise ArithmeticError(f"{name} = {matrix.text} is not what the scalar graph gives")
        print(f"   {name:<4}{shape_text(matrix.shape):<6} = {matrix.text}")


def show_errors(title: str, errors: dict[str, Errors]) -> None:
    """Errors in dollars, a line for each method."""
    print(f"\n{title:<70}{'root mean square':>18}{'mean absolute':>16}")
    for name, its in errors.items():
        print(f"   {name:<67}{'$' + format(its.root_mean_square, ',.0f'):>18}", end="")
        print(f"{'$' + format(its.mean_absolute, ',.0f'):>16}")


def show_divisions(errors: dict[str, list[Errors]]) -> None:
    """The mean over the divisions into folds, then each: of 49 rows one division says little."""
    title = f"Error on rows not seen, mean over {SPLITS} divisions into {FOLDS} folds"
    show_errors(title, {name: Errors.mean(found) for name, found in errors.items()})
    print("   root mean square in each division, with a start of its own")
    for name, found in errors.items():
        print(f"      {name:<15}" + "  ".join(f"${its.root_mean_square:,.0f}" for its in found))
    pairs = zip(errors["network 4-7-1"], errors["least squares"], strict=True)
    wins = sum(network.root_mean_square < plane.root_mean_square for network, plane in pairs)
    print(f"   the network is closer than least squares in {wins} of {SPLITS}")
    updates = f"{EPOCHS} updates at learning rate {LEARNING_RATE}"
    print(f"   {updates} were set by hand, not chosen within the folds")


def draw_losses(losses: Sequence[float], climbing: Sequence[float], path: Path) -> Path:
    """The loss with the right sign, and beside it, on its own scale, with the notes' own."""
    pyplot = plotting()
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
    left.plot(losses, color=BLUE, linewidth=2)
    left.set(title="dA2 = 2 (ŷ - y)/m: the loss falls", ylim=(0, None))
    left.set_ylabel("mean squared error, standardised")
    right.semilogy(climbing, color=VERMILION, linewidth=2)
    right.set(title="dA2 = 2 (y - ŷ)/m, as printed: it climbs", xticks=range(len(climbing)))
    for panel in (left, right):
        panel.set_xlabel("updates made")
    return save(figure, path)


def draw_predictions(
    predicted: dict[str, list[float]], prices: Sequence[float], division: int, path: Path
) -> Path:
    """Held-out predictions of one division against actual prices; they agree on the diagonal."""
    pyplot = plotting()
    figure, panel = pyplot.subplots(figsize=(6, 5.8), layout="constrained")
    low, high = 0, 100
    panel.plot([low, high], [low, high], color=GREY, linewidth=1, label="exact")
    panel.axhline(statistics.fmean(prices), color=GREY, linestyle=":", label="mean price")
    for name, style in (
        ("least squares", {"marker": "x", "color": VERMILION}),
        ("network 4-7-1", {"color": BLUE, "s": 28, "edgecolor": "white"}),
    ):
        error = Errors.of(predicted[name], prices).root_mean_square
        panel.scatter(prices, predicted[name], label=f"{name}, error ${error:,.0f}", **style)
    panel.set(xlabel="actual price, $1000", xlim=(low, high))
    panel.set(ylabel="predicted price, $1000", ylim=(low, high))
    which = f"division {division + 1} of {SPLITS}: the median of network minus least squares"
    panel.set(title=f"Each price predicted from the other folds\n{which}", aspect="equal")
    panel.legend(loc="upper left")
    return save(figure, path)


def draw_first(model: nn.MLP, inputs: Sequence[Row], prices: Sequence[float]) -> Picture:
    """The gradients of the trained network on the first neighbourhood, a card for each neuron."""
    row = Scale.of(inputs).apply(inputs[0])
    (price,) = Scale.of([(price,) for price in prices]).apply((prices[0],))
    model.zero_grad()
    loss: Value = nn.squared_error(model(row), Value(price, "y"))
    loss.name = "L"
    loss.backward()
    return draw(loss, title="4-7-1 on the first neighbourhood, trained on all")


def draw_trained(model: nn.MLP, prices: Sequence[float]) -> Picture:
    """The weights of the trained network."""
    model.zero_grad()  # the last update's gradients are no part of what was learnt
    unit = 1000 * statistics.pstdev(prices)
    scale = f"features and price are standardised, a price of 1 is ${unit:,.0f}"
    return nn.draw_network(model, title=f"4-7-1, trained on all {len(prices)}: {scale}")


def main(arguments: Sequence[str] | None = None) -> tuple[Claim, ...]:
    """Print the verdicts, the matrix form and the errors, and write the pictures."""
    folder = output_folder("price_regression", __doc__.splitlines()[0], arguments)
    judged = claims()
    show("4-7-1 price regression, mean squared error", judged)
    show_matrices()
    inputs, prices = read()
    model, predict, losses = train(inputs, prices)
    climbing = train(inputs, prices, epochs=CLIMB, sign=-1)[2]
    falls = f"loss {losses[0]:.4f} to {losses[-1]:.4f}"
    print(f"\nTraining on all {len(prices)} neighbourhoods, {EPOCHS} updates: {falls}")
    climbs = f"loss {climbing[0]:.4f} to {climbing[-1]:.4g}"
    print(f"   with the sign as printed, {CLIMB} updates: {climbs}")
    simpler = {name: method for name, method in METHODS.items() if "network" not in name}
    fitted = {name: method(inputs, prices, SEED) for name, method in simpler.items()}
    fitted["network 4-7-1"] = predict
    seen = {
        name: Errors.of([method(row) for row in inputs], prices) for name, method in fitted.items()
    }
    show_errors("Error on the rows trained on", seen)
    splits = [cross_validated(seed=SEED + i) for i in with_bar(range(SPLITS), unit="division")]
    errors = {name: [Errors.of(split[name], prices) for split in splits] for name in METHODS}
    show_divisions(errors)
    shown = median_division(errors)
    pictures = [
        draw_losses(losses, climbing, folder / "price_regression_loss.png"),
        draw_predictions(splits[shown], prices, shown, folder / "price_regression_prices.png"),
        *save_both(draw_first(model, inputs, prices), folder / "price_regression_graph"),
        *save_both(draw_trained(model, prices), folder / "price_regression_network"),
    ]
    print("\nPictures", *pictures, sep="\n   ")
    return judged


if __name__ == "__main__":
    run(main)
