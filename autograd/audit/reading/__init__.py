"""From what somebody typed to a sheet: every line is read, or located and left out.

`names`, `tokens` and `grammar` read expressions; `worksheet` reads lines, as they are `typed` or in
`latex`; `lists` takes `arrays` apart; the `header` has a `network`, its `losses`, `gradient_names`
and `optimizers`, whose `steps` make the `epochs` of a sheet. `recorded` makes a sheet of a graph,
`sources` opens files.
"""
