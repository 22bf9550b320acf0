"""The door for readers: all that one who prints, draws, checks or translates a graph relies on.

What is named here stays, with its meaning; what stands behind it may move. docs/reading.md tells
how a reader is written.

    graph       `Graph` (a root, its order, numbers, names, local derivatives), `Part` (one that
                ends at given nodes), `topological_order`, `depending`, `moving` (which change
                with some), `find`
    node        `Value`, `record` (a node of an operation over operands), `watch` (each new node)
    table       `OPERATIONS`, `Operation`, `Nary`, and the entries that readers write with
    gradients   `gradients`, `adjoint_numbers` (as numbers), `adjoints` (recorded, as `Adjoint`)
    numbers     `BUILT_IN`, `is_number`, `number_of`, `python_number`, `is_finite`,
                `constant`, `kept`
    writing     `Term`, `Layout`, `Minus`, `Write`, `MINUS_SIGNS`, and how tightly an expression
                binds, ANY to ATOM; `printable`, a name as it may be shown; `LATEX_FUNCTIONS`, those
                that are a command
    errors      `described`, `explained`, `did_you_mean`, `nearest`, `meant`, `FAULTS`
"""

from autograd.derivatives import Adjoint, adjoint_numbers, adjoints, gradients
from autograd.entry import Nary, Operation
from autograd.errors import FAULTS, described, explained
from autograd.graph import Graph, depending, find, moving, topological_order
from autograd.graph_part import Part
from autograd.number_types import (
    BUILT_IN,
    constant,
    is_finite,
    is_number,
    kept,
    number_of,
    python_number,
)
from autograd.operations import MOST_CLASSES, OPERATIONS, dot, total, where
from autograd.spelling import did_you_mean, meant, nearest
from autograd.value import Value, record, watch
from autograd.writing import (
    ANY,
    ATOM,
    LATEX_FUNCTIONS,
    MINUS_SIGNS,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Layout,
    Minus,
    Term,
    Write,
    printable,
)

__all__ = [
    "ANY",
    "ATOM",
    "BUILT_IN",
    "FAULTS",
    "LATEX_FUNCTIONS",
    "MINUS_SIGNS",
    "MOST_CLASSES",
    "OPERATIONS",
    "POWER",
    "PRODUCT",
    "SIGNED",
    "SUM",
    "Adjoint",
    "Graph",
    "Layout",
    "Minus",
    "Nary",
    "Operation",
    "Part",
    "Term",
    "Value",
    "Write",
    "adjoint_numbers",
    "adjoints",
    "constant",
    "depending",
    "described",
    "did_you_mean",
    "dot",
    "explained",
    "find",
    "gradients",
    "is_finite",
    "is_number",
    "kept",
    "meant",
    "moving",
    "nearest",
    "number_of",
    "printable",
    "python_number",
    "record",
    "topological_order",
    "total",
    "watch",
    "where",
]
