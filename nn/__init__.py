"""Neurons, layers and networks on the scalar engine, named in the notes' notation.

>>> from fractions import Fraction
>>> import nn
>>> model = nn.MLP.from_weights([[["0.2", "-0.4"]]], [["0.1"]], activations=["relu"], numbers=Fraction)
>>> model([1, 2])
Value(Fraction(0, 1), name='a_0^1')
"""
