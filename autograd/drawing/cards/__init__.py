"""The graph as cards, one for each node or for each fold of a large graph.

`card` says what is shown of each node, `folded_cards` what of a fold, `fold_choice` how far a graph
is folded; `card_view`, `fold_view` and `arrow_view` draw one, `card_layout` places them,
`graph_view` is the picture.
"""
