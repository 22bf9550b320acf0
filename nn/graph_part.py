"""`Part`, which stands in autograd, where pictures are made of it too."""

from autograd.graph_part import Part

__all__ = ["Part"]
