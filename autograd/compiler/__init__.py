"""The compiler, in passes over one list of instructions (`program.py`).

    recording, tracing          a function, or a rule over numbers, as a program
    simplify                    the same by fewer instructions
    llvm, kernels_llvm          a program as machine code: of one sample, or over many
    array_source                a program as source over NumPy, scalar by scalar
    lift, over_samples          scalars that are alike as rows of arrays, and the sums over samples
    bias_columns                biases of wide layers as a column of the weights
    statements, memory          the calls of a program over arrays, and where what they make lies
    lifted_source               the source over arrays
    buffered_source             the same for NumPy, without new arrays
    update_source               an optimizer's rule so, over all parameters at once
    meanings, explain           what the arrays are in a network; the notes' lines of them
    lifted_code                 runs that: sums over samples, long functions of single numbers
    jax_code, training_jax, mesh
                                that source by JAX, and a batch shared out to devices
    compiled, training          what runs it: a function, or steps of training
    workers                     the threads that machine code runs in

`symbols.py` is what they all compute the rule table with.
"""
