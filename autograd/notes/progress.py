"""The optional tqdm, which shows how far long work is."""

from __future__ import annotations

import importlib
import warnings
from typing import Any


def tqdm_if_there(progress: bool | None, what: str, stacklevel: int) -> Any:
    """tqdm's bar, None without; where `progress` asks for it, a warning says how to install it.

    >>> tqdm_if_there(False, "the progress", 2) is None
    True
    """
    if progress is False:
        return None
    try:
        return importlib.import_module("tqdm.auto").tqdm
    except ImportError:
        if progress:
            sentence = f'tqdm shows {what}: pip install "chalkgrad[progress]"'
            warnings.warn(sentence, stacklevel=stacklevel)
        return None
