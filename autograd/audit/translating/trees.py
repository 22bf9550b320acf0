"""An expression as a tree that knows its places in the text, to rewrite parts of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autograd.audit.reading.grammar import Node, parse

SEVERAL = ("sum", "product")  # of which all terms, or factors, are parts of one


def tree(text: str, declared: Callable[[str], bool], functions: Mapping[str, str]) -> Node:
    """The tree of a text, its places counted from 0.

    >>> found = tree("2*(a - y)*h", lambda name: True, {})
    >>> found.kind, [part.kind for part in found.parts], found.parts[1].parts[0].kind
    ('product', ['number', 'group', 'name'], 'sum')
    """
    return _with_all(parse(text, declared, 0, functions))


def _with_all(node: Node) -> Node:
    """a - b + c as one sum of three."""
    parts = tuple(map(_with_all, node.parts))
    if node.kind in SEVERAL and parts[0].kind == node.kind:
        parts = (*parts[0].parts, *parts[1:])
    return node._replace(parts=parts)
