"""The compiler, in passes over one list of instructions (`program.py`).

    recording, tracing   a function, or a rule over numbers, as a program
    simplify             the same by fewer instructions
    llvm, array_source   a program as machine code, or as source over NumPy
    kernels              a program over many samples, run by `kernel_code`

`symbols.py` is what they all compute the rule table with.
"""
