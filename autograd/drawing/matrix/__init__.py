"""The lines in matrix form as grids of numbers, coloured by sign.

`grids` draws the numbers, `matrix_labels` the names, `matrix_places` says where they stand,
`matrix_view` is the picture.
"""
