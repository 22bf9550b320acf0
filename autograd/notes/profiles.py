"""The notations of courses and books, ready to use by id: `notation="ng"`.

Where a source leaves the layer to the context, ours says it, so that no two numbers share a name.

    notes         the worked 2-3-1 notes, this package's default
    nielsen       M. Nielsen, Neural Networks and Deep Learning, chapter 2
    ng            A. Ng, Coursera's Deep Learning
    ufldl         Stanford's UFLDL tutorial and Ng's course on machine learning
    three_blue    3Blue1Brown, Backpropagation calculus
    mazur         M. Mazur, A Step by Step Backpropagation Example
    mitchell      T. Mitchell, Machine Learning, chapter 4
    han_kamber    J. Han and M. Kamber, Data Mining, chapter 9
    fausett       L. Fausett, Fundamentals of Neural Networks
    bishop        C. Bishop, Pattern Recognition and Machine Learning, section 5.3
    goodfellow    I. Goodfellow and others, Deep Learning, section 6.5; IIT Madras, CS6910
    d2l           A. Zhang and others, Dive into Deep Learning
    cs231n        Stanford's CS231n, optimization 2
    eecs442       Michigan's EECS 442; Stanford's CS224n
    oslo          M. Hjorth-Jensen, FYS-STK, week 42
    rashid        T. Rashid, Make Your Own Neural Network
    hagan         M. Hagan and others, Neural Network Design
    mit6034       MIT's 6.034, Artificial Intelligence
    hinton        G. Hinton, Neural Networks for Machine Learning
    udacity       Udacity, Deep Learning nanodegree, with error and error_term as its code has them
    zhou          Zhou Zhihua, Machine Learning, section 5.3; there alpha_h and beta_j are sums
                  without the threshold, here s_h and s_j have it subtracted
"""

from __future__ import annotations

from autograd.notes.notation import NOTES, Notation
from autograd.reading import did_you_mean, printable

THROUGH = ("{number}",)  # units counted through the network

NOTATIONS = {
    "notes": NOTES,
    "nielsen": Notation(
        weight_pattern="w^{layer}_{indices}",
        bias_pattern="b^{layer}_{indices}",
        preactivation_pattern="z^{layer}_{indices}",
        activation_pattern="a^{layer}_{indices}",
        delta_pattern="delta^{layer}_{indices}",
        first_index=1,
        first_layer=1,
        per_sample_gradients=True,
        loss_name="C",
        rate_name="eta",
        updated_pattern="{name}'",
    ),
    "ng": Notation(
        weight_pattern="W^[{layer}]_{indices}",
        bias_pattern="b^[{layer}]_{indices}",
        preactivation_pattern="z^[{layer}]_{indices}",
        activation_pattern="a^[{layer}]_{indices}",
        delta_pattern="",
        first_index=1,
        input_pattern="x_{indices}",
        per_sample_gradients=True,
        gradient_pattern="d{name}",
        cost_name="J",
        assignment=":=",
    ),
    "ufldl": Notation(
        weight_pattern="W^({layer})_{indices}",
        bias_pattern="b^({layer})_{indices}",
        preactivation_pattern="z^({layer})_{indices}",
        activation_pattern="a^({layer})_{indices}",
        delta_pattern="delta^({layer})_{indices}",
        first_index=1,
        first_layer=1,
        layer_of_source=True,
        input_pattern="x_{indices}",
        per_sample_gradients=True,
        loss_name="J",
    ),
    "three_blue": Notation(
        weight_pattern="w^({layer})_{indices}",
        bias_pattern="b^({layer})_{indices}",
        preactivation_pattern="z^({layer})_{indices}",
        activation_pattern="a^({layer})_{indices}",
        delta_pattern="",
        per_sample_gradients=True,
        loss_name="C",
        rate_name="eta",
    ),
    "mazur": Notation(
        weight_pattern="w{number}",
        bias_pattern="b_{indices}",
        preactivation_pattern="net_{indices}",
        activation_pattern="out_{indices}",
        delta_pattern="delta_{indices}",
        first_index=1,
        units=("i{number}", "h{number}", "o{number}"),
        input_pattern="{indices}",
        shared_bias_pattern="b{layer}",
        loss_name="E_total",
        rate_name="eta",
        target_pattern="target_{indices}",
        updated_pattern="{name}^+",
    ),
    "mitchell": Notation(
        weight_pattern="w_{indices}",
        bias_pattern="w_{indices}",
        preactivation_pattern="net_{indices}",
        activation_pattern="o_{indices}",
        delta_pattern="delta_{indices}",
        first_index=1,
        units=THROUGH,
        biases_are_weights=True,
        input_pattern="x_{indices}",
        shared_bias_pattern="w_0^{layer}",
        activation_gradient_pattern="",
        error_sign=-1,
        derivative_first=True,
        loss_name="E",
        rate_name="eta",
        target_pattern="t_{indices}",
    ),
    "han_kamber": Notation(
        weight_pattern="w_{indices}",
        bias_pattern="theta_{indices}",
        preactivation_pattern="I_{indices}",
        activation_pattern="O_{indices}",
        delta_pattern="Err_{indices}",
        first_index=1,
        source_first=True,
        units=THROUGH,
        input_pattern="x_{indices}",
        shared_bias_pattern="theta^{layer}",
        activation_gradient_pattern="",
        error_sign=-1,
        derivative_first=True,
        loss_name="E",
        rate_name="l",
        target_pattern="T_{indices}",
        orientation="W^T a",
    ),
    "fausett": Notation(
        weight_pattern=("w_{indices}", "v_{indices}", "u_{indices}"),
        bias_pattern=("w_{indices}", "v_{indices}", "u_{indices}"),
        preactivation_pattern=("y_in_{indices}", "z_in_{indices}", "zz_in_{indices}"),
        activation_pattern=("y_{indices}", "z_{indices}", "zz_{indices}"),
        delta_pattern=("delta_{indices}", "delta_z_{indices}", "delta_zz_{indices}"),
        first_index=1,
        source_first=True,
        biases_are_weights=True,
        input_pattern="x_{indices}",
        shared_bias_pattern="w_0^{layer}",
        activation_gradient_pattern="",
        error_sign=-1,
        loss_name="E",
        target_pattern="t_{indices}",
        orientation="X W",
        updated_pattern="{name}(new)",
    ),
    "bishop": Notation(
        weight_pattern="w_{indices}^({layer})",
        bias_pattern="w_{indices}^({layer})",
        preactivation_pattern="a_{indices}^({layer})",
        activation_pattern="z_{indices}^({layer})",
        delta_pattern="delta_{indices}^({layer})",
        first_index=1,
        biases_are_weights=True,
        input_pattern="x_{indices}",
        output_pattern="y_{indices}",
        shared_bias_pattern="w_0^({layer})",
        loss_name="E",
        rate_name="eta",
        target_pattern="t_{indices}",
    ),
    "goodfellow": Notation(
        weight_pattern="W_{layer},{indices}",
        bias_pattern="b_{layer},{indices}",
        preactivation_pattern="a_{layer},{indices}",
        activation_pattern="h_{layer},{indices}",
        delta_pattern="",
        first_index=1,
        input_pattern="x_{indices}",
        loss_name="L",
        rate_name="eta",
    ),
    "d2l": Notation(
        weight_pattern="w^({layer})_{indices}",
        bias_pattern="b^({layer})_{indices}",
        preactivation_pattern="z^({layer})_{indices}",
        activation_pattern="h^({layer})_{indices}",
        delta_pattern="",
        first_index=1,
        input_pattern="x_{indices}",
        output_pattern="o_{indices}",
        loss_name="J",
        rate_name="eta",
    ),
    "cs231n": Notation(
        weight_pattern="W{layer}_{indices}",
        bias_pattern="b{layer}_{indices}",
        preactivation_pattern="z{layer}_{indices}",
        activation_pattern="h{layer}_{indices}",
        delta_pattern="",
        source_first=True,
        input_pattern="x_{indices}",
        gradient_pattern="d{name}",
        loss_name="loss",
        rate_name="step_size",
        orientation="X W",
    ),
    "eecs442": Notation(
        weight_pattern="W^({layer})_{indices}",
        bias_pattern="b^({layer})_{indices}",
        preactivation_pattern="y^({layer})_{indices}",
        activation_pattern="h^({layer})_{indices}",
        delta_pattern="",
        first_index=1,
        source_first=True,
        input_pattern="x_{indices}",
        target_pattern="t_{indices}",
        orientation="X W",
    ),
    "oslo": Notation(
        weight_pattern="w_{indices}^{layer}",
        first_index=1,
        source_first=True,
        loss_name="C",
        rate_name="eta",
        target_pattern="t_{indices}",
        orientation="W^T a",
    ),
    "rashid": Notation(
        weight_pattern="w_{indices}^{layer}",
        preactivation_pattern="x_{indices}^{layer}",
        activation_pattern="o_{indices}^{layer}",
        delta_pattern="",
        first_index=1,
        first_layer=1,
        source_first=True,
        activation_gradient_pattern="e_{indices}^{layer}",
        error_sign=-1,
        loss_name="E",
        target_pattern="t_{indices}",
    ),
    "hagan": Notation(
        weight_pattern="w_{indices}^{layer}",
        preactivation_pattern="n_{indices}^{layer}",
        delta_pattern="s_{indices}^{layer}",
        first_index=1,
        input_pattern="p_{indices}",
        loss_name="F",
        target_pattern="t_{indices}",
    ),
    "mit6034": Notation(
        weight_pattern="w_{indices}",
        bias_pattern="w_{indices}",
        preactivation_pattern="z_{indices}",
        activation_pattern="o_{indices}",
        delta_pattern="delta_{indices}",
        first_index=1,
        source_first=True,
        units=("{number}", "{letter}"),
        biases_are_weights=True,
        bias_is_subtracted=True,
        input_pattern="x_{indices}",
        shared_bias_pattern="w_0^{layer}",
        activation_gradient_pattern="",
        error_sign=-1,
        maximised=True,
        loss_name="P",
        rate_name="eta",
        target_pattern="d_{indices}",
        orientation="W^T a",
        updated_pattern="{name}'",
    ),
    "hinton": Notation(
        weight_pattern="w_{indices}",
        bias_pattern="b_{indices}",
        preactivation_pattern="x_{indices}",
        activation_pattern="y_{indices}",
        delta_pattern="",
        first_index=1,
        source_first=True,
        units=THROUGH,
        shared_bias_pattern="b^{layer}",
        loss_name="E",
        rate_name="epsilon",
        target_pattern="d_{indices}",
        orientation="W^T a",
    ),
    "udacity": Notation(
        weight_pattern="w_{indices}^{layer}",
        preactivation_pattern="h_{indices}^{layer}",
        delta_pattern="error_term_{indices}^{layer}",
        first_index=1,
        source_first=True,
        input_pattern="x_{indices}",
        output_pattern="y_hat_{indices}",
        activation_gradient_pattern="error_{indices}^{layer}",
        error_sign=-1,
        loss_name="E",
        rate_name="eta",
        orientation="X W",
    ),
    "zhou": Notation(
        weight_pattern=("w_{indices}", "v_{indices}", "u_{indices}"),
        bias_pattern=("theta_{indices}", "gamma_{indices}", "phi_{indices}"),
        preactivation_pattern="s_{indices}^{layer}",
        activation_pattern=("y_hat_{indices}", "b_{indices}", "c_{indices}"),
        delta_pattern=("g_{indices}", "e_{indices}", "d_{indices}"),
        first_index=1,
        source_first=True,
        bias_is_subtracted=True,
        input_pattern="x_{indices}",
        shared_bias_pattern="theta^{layer}",
        activation_gradient_pattern="",
        error_sign=-1,
        derivative_first=True,
        loss_name="E",
        rate_name="eta",
        orientation="W^T a",
    ),
}


def notation_of(given: Notation | str) -> Notation:
    """A notation by its id; a Notation as it is.

    >>> notation_of("nielsen").weight(layer=1, neuron=0, source=1)
    'w^2_12'
    >>> notation_of("nilsen")
    Traceback (most recent call last):
    ValueError: there is no notation 'nilsen': did you mean nielsen? Give notes, nielsen, ...
    """
    if isinstance(given, Notation):
        return given
    if not isinstance(given, str):
        raise TypeError(
            f"a notation is its id, such as 'ng', or a Notation, not a {type(given).__name__}"
        )
    if given not in NOTATIONS:
        meant = did_you_mean(given, NOTATIONS, most=1)
        give = f"{meant} Give" if meant else "give"
        raise ValueError(
            f"there is no notation {printable(given)!r}: {give} {', '.join(NOTATIONS)}"
        )
    return NOTATIONS[given]
