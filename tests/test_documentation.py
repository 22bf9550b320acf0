"""Every public name says what it is, and every one of the engine by an example."""

from __future__ import annotations

import inspect
import pydoc
from functools import cached_property

import pytest

import autograd
from autograd import Operation, Value, relu

METHODS = (property, cached_property, staticmethod, classmethod)


def documented():
    """Each public name, and each public method and property of a class, with its own docstring."""
    for name in autograd.__all__:
        public = getattr(autograd, name)
        if not isinstance(public, dict):
            yield name, vars(public).get("__doc__") or getattr(public, "__doc__", None)
        if inspect.isclass(public):
            for method, found in vars(public).items():
                if not method.startswith("_") and (
                    inspect.isfunction(found) or isinstance(found, METHODS)
                ):
                    yield f"{name}.{method}", found.__doc__


def test_every_public_name_has_a_sentence_of_its_own():
    shared = {Operation.__doc__, autograd.Nary.__doc__}  # what an entry without one would show
    assert not [
        name
        for name, text in documented()
        if not text or (text in shared and name not in ("Operation", "Nary"))
    ]


def test_every_name_of_the_engine_has_an_example():
    of_readers = {name for name, at in autograd._MODULE_OF.items() if "calculus" not in at}
    without = [name for name, text in documented() if ">>>" not in text]
    assert not [name for name in without if name.partition(".")[0] not in of_readers]


def test_help_shows_formula_derivative_convention_and_an_example():
    text = pydoc.plain(pydoc.render_doc(relu))
    for part in ("x where x > 0, else 0", "Derivative: 1", "Convention: relu'(0) = 0", ">>> relu("):
        assert part in text
    assert "Domain: the operand must be greater than 0." in autograd.log.__doc__


def test_an_operation_of_ones_own_is_documented_too():
    cube = Operation(
        "cube",
        lambda x: x**3,
        [lambda y, x: 3 * x**2],
        about="x^3. Derivative: 3*x^2.",
        example=">>> cube(2)\n8",
    )
    assert cube.__doc__ == "x^3. Derivative: 3*x^2.\n\n>>> cube(2)\n8"


def test_the_module_offers_its_public_names_and_no_others():
    assert dir(autograd) == sorted(autograd.__all__)
    assert all(hasattr(autograd, name) for name in autograd.__all__)
    with pytest.raises(AttributeError, match="module 'autograd' has no attribute 'sigmiod'"):
        _ = autograd.sigmiod


def test_a_method_is_documented_as_its_function():
    assert Value.relu.__doc__.startswith(relu.__doc__.partition(">>> ")[0])
