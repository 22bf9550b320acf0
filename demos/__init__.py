"""The worked examples, one file a note: `python -m demos.NAME` runs one, `python -m demos` the main
one.
"""

import argparse
from pathlib import Path


def folder(path: str) -> Path:
    """The folder for the pictures, made if it is not there: the type of the option --out.

    >>> folder(__file__)
    Traceback (most recent call last):
    argparse.ArgumentTypeError: no folder can be made at ...__init__.py (File exists); give another path
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(
            f"no folder can be made at {path} ({error.strerror}); give another path"
        ) from None
    return Path(path)
