"""A PDF of an SVG, by the optional typst, where there is no `dot` of the system's to draw one.

Lines stay lines and text stays text, dashed and typeset as in the SVG. The letters are those of the
first font of the SVG that is installed, of a machine without any Typst's own, and boxes where no
font has a letter, such as one of Chinese.
"""

from __future__ import annotations

import importlib
from typing import Any

from autograd.drawing.program import BUNDLED, DotError

PAGE = b"""#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.words)
"""


def pdf_of(svg: str, words: str) -> bytes:
    """An SVG as the one page of a PDF, as large as it is, with what it is in words.

    A DotError with the remedies where typst is not installed.
    """
    try:
        typst: Any = importlib.import_module("typst")
    except ImportError:
        raise DotError(
            f"{BUNDLED} draws SVG and PNG, no PDF: "
            'pip install "chalkgrad[pdf]", install Graphviz, or save an SVG'
        ) from None
    inputs = {"svg": svg, "title": words.partition("\n")[0], "words": words}
    drawn: bytes = typst.compile(PAGE, sys_inputs=inputs)
    return drawn
