"""Arrays of expressions, and what operations make of them: shapes first, then element by element.

A list of n is a column of n where it meets a matrix. What does not fit names both shapes; what can
be meant in two ways is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from autograd.audit.expressions import Apply, Expression, Name, Number, written
from autograd.audit.reading.grammar import MOST_DEPTH, MOST_ELEMENTS
from autograd.audit.reading.tokens import number
from autograd.reading import printable

MOST_NODES = 200_000  # of the expressions of one array, all together
Shape = tuple[int, ...]


class ShapeError(ValueError):
    """Lists or matrices that do not fit together."""


class Array(NamedTuple):
    """Expressions row by row; of each at most `size` nodes and `depth` operations in depth."""

    shape: Shape
    items: tuple[Expression, ...]
    size: int
    depth: int

    @property
    def described(self) -> str:
        """What it is called: a number, a list of 3, 2x3."""
        return described(self.shape)

    @property
    def rows(self) -> Sequence[Sequence[Expression]]:
        """Its rows; those of a list have one element each."""
        height = self.shape[0] if self.shape else 1
        width = len(self.items) // height
        return [self.items[row * width : (row + 1) * width] for row in range(height)]


def described(shape: Shape) -> str:
    """A shape in words."""
    if not shape:
        return "number"
    return f"list of {shape[0]}" if len(shape) == 1 else f"{shape[0]}x{shape[1]} matrix"


def single(expression: Expression) -> Array:
    """One number."""
    return Array((), (expression,), 1, 1)


def of_numbers(expression: Expression) -> Expression:
    """An expression whose names are single numbers, W ⊙ g as W*g; ShapeError where it is a list."""
    found = _of_numbers(expression)
    if found.shape:
        raise ShapeError(f"{_text(expression)} is a {found.described}, not one number")
    return found.items[0]


def _of_numbers(expression: Expression) -> Array:
    if not isinstance(expression, Apply):
        return single(expression)
    return computed(expression, list(map(_of_numbers, expression.operands)))


def of_shape(name: str, shape: Shape) -> Array:
    """The elements of a name, W[0,1]."""
    if _length(shape) > MOST_ELEMENTS:
        raise ShapeError(f"{name}: a list has at most {MOST_ELEMENTS} elements")
    if not shape:
        return single(Name(name))
    places = product(*map(range, shape))
    names = (Name(f"{name}[{','.join(map(str, place))}]") for place in places)
    return Array(shape, tuple(names), 1, 1)


def repeated(array: Array, shape: Shape) -> Array:
    """One number as often as a shape has places."""
    return array._replace(shape=shape, items=array.items * _length(shape))


def _length(shape: Shape) -> int:
    length = 1
    for size in shape:
        length *= size
    return length


def fit(left: Expression, target: Array, array: Array) -> ShapeError | None:
    """None where an array can stand for another; an error where it fits when it is turned.

    Raises ShapeError where it does not.
    """
    if target.shape == array.shape:
        return None
    is_alike = _squeezed(target.shape) == _squeezed(array.shape)
    if is_alike and not len(target.shape) == len(array.shape) == 2:
        return None
    name = written(left)[:40]
    error = ShapeError(f"{name} is a {target.described}; a {array.described} stands for it")
    if is_alike:
        return error
    if target.shape == array.shape[::-1]:
        raise ShapeError(f"{error}, which would fit transposed")
    raise error


def _squeezed(shape: Shape) -> Shape:
    return tuple(size for size in shape if size > 1)


# --- operations -----------------------------------------------------------------------------------


def computed(expression: Apply, operands: Sequence[Array]) -> Array:
    """What an operation makes of arrays, as an array of expressions of single numbers."""
    operation = expression.operation
    if operation in OF_LISTS:
        result = OF_LISTS[operation](expression, operands)
    elif operation in ("maximum", "minimum") and len(operands) == 1:
        result = _reduced(operation, operands[0])
    elif operation == "pow" and _is_square(operands[0]):
        raise ShapeError(f"{_text(expression)}: of a matrix, write A @ A, or A (.) A")
    else:
        result = _elementwise(operation, expression, operands)
    if result.size * len(result.items) > MOST_NODES or result.depth > 2 * MOST_DEPTH:
        raise ShapeError(f"{_text(expression)} is too large")
    return result


def _text(expression: Expression) -> str:
    text = written(expression)
    return printable(text if len(text) <= 40 else f"{text[:37]}...")


def _is_square(array: Array) -> bool:
    return len(array.shape) == 2 and array.shape[0] == array.shape[1] > 1


def _elementwise(operation: str, expression: Expression, operands: Sequence[Array]) -> Array:
    """An operation element by element; what is smaller is repeated."""
    shape: Shape = ()
    for operand in operands:
        shape = _common(expression, shape, operand.shape)
    spread = [_spread(operand, shape) for operand in operands]
    items = (Apply(operation, each) for each in zip(*spread, strict=True))
    size = 1 + sum(operand.size for operand in operands)
    depth = 1 + max(operand.depth for operand in operands)
    return Array(shape, tuple(items), size, depth)


def _common(expression: Expression, left: Shape, right: Shape) -> Shape:
    """The shape of two together; an error names both."""
    if left == right or not right:
        return left
    if not left:
        return right
    if len(left) == len(right):
        sizes = [max(pair) for pair in zip(left, right, strict=True)]
        fits = all(1 in pair or len(set(pair)) == 1 for pair in zip(left, right, strict=True))
        if fits and (len(left) == 2 or 1 in (left[0], right[0])):
            return tuple(sizes)
    else:
        lone, matrix = sorted((left, right), key=len)
        if matrix[0] == matrix[1] == lone[0] > 1:
            sentence = "the list may be a row or a column: write [[1, 2]] or [[1], [2]]"
            raise ShapeError(f"{_text(expression)}: {sentence}")
        if lone[0] in (1, *matrix):
            return matrix
    raise _unlike(expression, left, right)


def _unlike(expression: Expression, left: Shape, right: Shape) -> ShapeError:
    both = f"a {described(left)} and a {described(right)}"
    return ShapeError(f"{_text(expression)}: {both} do not fit")


def _spread(array: Array, shape: Shape) -> Sequence[Expression]:
    """The elements of an array as often as a shape has them."""
    if array.shape == shape:
        return array.items
    if len(array.items) == 1:
        return array.items * _length(shape)
    if len(array.shape) == 1:  # a column, or else a row
        height, width = shape
        is_column = array.shape[0] == height
        places = product(range(height), range(width))
        return [array.items[row if is_column else column] for row, column in places]
    (own_height, own_width), (height, width) = array.shape, shape
    return [
        array.items[(row % own_height) * own_width + column % own_width]
        for row, column in product(range(height), range(width))
    ]


def total(items: Sequence[Expression], operation: str = "add") -> Expression:
    """The sum of many, in halves, so that it is not deep; or another operation between them."""
    if len(items) == 1:
        return items[0]
    middle = (len(items) + 1) // 2
    return Apply(operation, (total(items[:middle], operation), total(items[middle:], operation)))


def _reduced(operation: str, array: Array) -> Array:
    length = len(array.items)
    depth = array.depth + length.bit_length()
    return Array((), (total(array.items, operation),), length * (array.size + 1), depth)


def _sum(expression: Apply, operands: Sequence[Array]) -> Array:
    return _reduced("add", operands[0])


def _mean(expression: Apply, operands: Sequence[Array]) -> Array:
    total = _reduced("add", operands[0])
    count = number(str(len(operands[0].items)))
    mean = Apply("div", (total.items[0], count))
    return Array((), (mean,), total.size + 2, total.depth + 1)


def _softmax(expression: Apply, operands: Sequence[Array]) -> Array:
    """1/(exp(z_0 - z_i) + exp(z_1 - z_i) + ...), whose intervals stay narrow."""
    (array,) = operands
    if len(_squeezed(array.shape)) != 1:
        raise ShapeError(f"{_text(expression)}: softmax takes a list, not a {array.described}")
    length, one = len(array.items), number("1")
    items = []
    for place, score in enumerate(array.items):
        others = (*array.items[:place], *array.items[place + 1 :])
        shares = [Apply("exp", (Apply("sub", (other, score)),)) for other in others]
        items.append(Apply("div", (one, total([one, *shares]))))
    size = length * (2 * array.size + 4)
    return Array(array.shape, tuple(items), size, array.depth + 4 + length.bit_length())


def _transpose(expression: Apply, operands: Sequence[Array]) -> Array:
    """A list, which is a column, becomes a row."""
    (array,) = operands
    if not array.shape:
        return array
    turned = tuple(item for column in zip(*array.rows, strict=True) for item in column)
    height, width = (*array.shape, 1)[:2]
    return array._replace(shape=(width, height), items=turned)


def _list(expression: Apply, operands: Sequence[Array]) -> Array:
    """A list of numbers, or of rows."""
    shapes = {operand.shape for operand in operands}
    if len(shapes) > 1 or len(operands[0].shape) > 1:
        rows = " and ".join(sorted(described(shape) for shape in shapes))
        raise ShapeError(f"{_text(expression)}: rows of equal length are expected, not {rows}")
    items = tuple(item for operand in operands for item in operand.items)
    size, depth = max(x.size for x in operands), max(x.depth for x in operands)
    return Array((len(operands), *operands[0].shape), items, size, depth)


def _item(expression: Apply, operands: Sequence[Array]) -> Array:
    """An element or a row, W[0, 1], W[0]."""
    array, *indices = operands
    places = [int(index.items[0].text) for index in indices if isinstance(index.items[0], Number)]
    is_inside = all(place < size for place, size in zip(places, array.shape, strict=False))
    if len(places) > len(array.shape) or not is_inside:
        whole = f"{_text(expression.operands[0])} is a {array.described}, counted from 0"
        raise ShapeError(f"{_text(expression)}: {whole}")
    row = array.rows[places[0]]
    items = row if len(places) < len(array.shape) else (row[places[1] if places[1:] else 0],)
    return array._replace(shape=array.shape[len(places) :], items=tuple(items))


def _matmul(expression: Apply, operands: Sequence[Array]) -> Array:
    """A product of matrices; two lists give one number, a list before a row a matrix."""
    left, right = operands
    if not left.shape or not right.shape:
        return _elementwise("mul", expression, operands)
    shape, first, second = _conforming(expression, left, right)
    columns = list(zip(*second, strict=True))
    inner = len(columns[0])
    items = tuple(
        total([Apply("mul", pair) for pair in zip(row, column, strict=True)])
        for row, column in product(first, columns)
    )
    depth = max(left.depth, right.depth) + 1 + inner.bit_length()
    return Array(shape, items, inner * (left.size + right.size + 2), depth)


Rows = Sequence[Sequence[Expression]]


def _conforming(expression: Expression, left: Array, right: Array) -> tuple[Shape, Rows, Rows]:
    """The shape of a product of matrices, and the rows of its two factors."""
    if len(left.shape) == len(right.shape) == 1 and left.shape == right.shape:
        return (), [left.items], right.rows
    if len(left.shape) == 1 and len(right.shape) == 2:
        if left.shape[0] == right.shape[0]:
            return right.shape[1:], [left.items], right.rows
        if right.shape[0] == 1:
            return (left.shape[0], right.shape[1]), left.rows, right.rows
    if len(left.shape) == 2 and left.shape[1] == right.shape[0]:
        return (left.shape[0], *right.shape[1:]), left.rows, right.rows
    raise _unlike(expression, left.shape, right.shape)


def _product(expression: Apply, operands: Sequence[Array]) -> Array:
    """What * is: with a matrix that of matrices, elementwise where only that fits."""
    left, right = operands
    if not (left.shape and right.shape) or len(left.shape) == len(right.shape) == 1:
        return _elementwise("mul", expression, operands)
    if _is_square(left) and left.shape == right.shape:
        sentence = "* may be @, the product of matrices, or (.), elementwise: write which"
        raise ShapeError(f"{_text(expression)}: {sentence}")
    if left.shape == right.shape:
        return _elementwise("mul", expression, operands)
    return _matmul(expression, operands)


def _beside(expression: Apply, operands: Sequence[Array]) -> Array:
    """W X without a sign: that of matrices where * may be either."""
    left, right = operands
    is_either = _is_square(left) and left.shape == right.shape
    return (_matmul if is_either else _product)(expression, operands)


def _by_element(expression: Apply, operands: Sequence[Array]) -> Array:
    return _elementwise("mul", expression, operands)


def is_of_lists(expression: Apply) -> bool:
    """Whether an operation is one of lists, which has no meaning for single numbers."""
    operation = expression.operation
    is_reduced = operation in ("maximum", "minimum") and len(expression.operands) == 1
    return is_reduced or (operation in OF_LISTS and operation != "mul")


OF_LISTS: dict[str, Callable[[Apply, Sequence[Array]], Array]] = {
    "list": _list,
    "item": _item,
    "matmul": _matmul,
    "beside": _beside,
    "elementwise": _by_element,
    "mul": _product,
    "transpose": _transpose,
    "softmax": _softmax,
    "sum": _sum,
    "mean": _mean,
}
