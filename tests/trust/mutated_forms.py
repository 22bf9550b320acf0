"""Sheets in the other forms that are read: transcripts, readings of photos, printed arrays.

Each is right as it is; `test_audit_mutated` cuts, doubles and moves parts of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
HEAD = """given w = 0.5; b = -0.2; x = 2; y = 1.5; alpha = 0.1
define z = w*x + b
define a = sigmoid(z)
define L = (y - a)^2/2
"""
LATEX = (
    HEAD
    + r"""---
## Forward pass
$$z = w \cdot x + b = 0.5 \cdot 2 - 0.2 = 0.8$$
\begin{align*}
a &= \sigma(z) = \frac{1}{1 + e^{-0.8}} \\
  &= 0.690 \\
L &= \frac{(y - a)^2}{2} = \tfrac{1}{2}(1.5 - 0.690)^2 = 0.328
\end{align*}
### Backpropagation
$$\begin{aligned}
\frac{\partial L}{\partial a} &= a - y = -0.810 &
  \frac{\partial L}{\partial z} &= -0.810 \cdot 0.690 \left(1 - 0.690\right) \\
&= \mathbf{-0.810} & &= -0.173
\end{aligned}$$
Then \( \frac{\partial L}{\partial w} = -0.173 \times 2 = -0.346 \),
$`\partial L/\partial b = -0.173`$.

| name | value |
| --- | --- |
| $a$ | 0.690 |
## Update
\[ w = 0.5 - 0.1\,(-0.346) \Rightarrow w = 0.535, \quad b = -0.2 + 0.0173 = -0.183 \]
```math
z = 0.535 \cdot 2 - 0.183 = 0.887
```
"""
)
MATRICES = r"""given W = [[0.2, -0.4], [-0.3, 0.8]]; x = [1, 2]; y = [0, 1]
define z = W*x
define a = relu(z)
define L = ((a[0] - y[0])^2 + (a[1] - y[1])^2)/2
---
$$ z = \begin{pmatrix} 0.2 & -0.4 \\ -0.3 & 0.8 \end{pmatrix}\begin{bmatrix} 1 \\ 2 \end{bmatrix}
   = \begin{bmatrix} -0.6 \\ 1.3 \end{bmatrix} $$
$$ a = [0, 1.3], \qquad
   \frac{\partial L}{\partial W} = \begin{bmatrix} 0 & 0 \\ 0.3 & 0.6 \end{bmatrix} $$
"""
ARRAYS = """given W = [[0.2, -0.4], [-0.3, 0.8]]; x = [1, 2]; y = [0, 1]
define z = W*x
define a = relu(z)
define L = ((a[0] - y[0])^2 + (a[1] - y[1])^2)/2
claims
  z = array([-0.6,  1.3], dtype=float32)
  a = tensor([0.0000, 1.3000], grad_fn=<ReluBackward0>)
  dL/dW = array([[0. , 0. ],
       [0.3, 0.6]])
  dL/dz = tensor([[0.0000],
        [0.3000]], device='cuda:0', dtype=torch.float64, requires_grad=True)
  dL/dW = [[0 0]   # first
           [3.000e-01 6.000e-01]]
  W.grad = tensor([[0., 0.],
        [0.3000, 0.6000]])
"""
LINES = [
    "given w = 0.8; x = 2; g = -1.854; alpha = 0.1",
    "define v = w - alpha*g",
    "define z = v*x",
    "claims",
]
ALTERNATIVES = [
    {
        "text": "v = 0.8 - 0.1*(-1.854) = 0.9857",
        "alternatives": ["0.9864", "0.9854"],
        "source": "page 1, line 3",
    },
    {"text": "z = 0.9854*2 = 1.9708", "alternatives": [], "source": "page 1, line 4"},
    {"text": "z = 1.97O8", "alternatives": ["z = 1.9708", "z = [1, 2]"]},
]
READINGS = json.dumps(
    {"lines": [*({"text": line} for line in LINES), *ALTERNATIVES]}, indent=1, ensure_ascii=False
)
BOTH = json.dumps({"lines": [{"text": line} for line in LATEX.splitlines()] + ALTERNATIVES})
NOTES = ROOT / "tests/documents/neural_network_231_transcript.chalk"
FORMS = {
    "latex": LATEX,
    "matrices": MATRICES,
    "arrays": ARRAYS,
    "readings": READINGS,
    "readings of latex": BOTH,
}
WORDS = [
    *("$", "$$", "\\[", "\\]", "\\(", "\\)", "$`", "`$", "```math\n", "```", "&", "\\\\", "~"),
    *("\\frac", "\\frac{", "}{", "\\begin{aligned}", "\\end{aligned}", "\\begin{bmatrix}"),
    *("\\end{bmatrix}", "\\left(", "\\right.", "\\partial", "\\text{", "\\sum_{i=1}^{9}", "\\sqrt"),
    *("\\def\\x{\\x\\x}\\x", "\\input{/etc/passwd}", "\\write18{ls}", "{" * 99, "|", "| a | b |\n"),
    *("array(", "tensor(", "[[", "]]", "], [", "...", "dtype=", "grad_fn=<", ">)", "nan", "-inf"),
    *('"', '\\"', '"text": ', '"alternatives": [', "null", "true", "1e999", "\\ud800", "\\u0000"),
    *("{", "}", "[" * 99, "]", ",", ":", '{"lines": [', '"source": "<script>x</script>"', "\\x1b"),
    *("</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\x1b]0;x\x07"),
    *("\x9b31m", "\u2028", "\u202e", "\ufeff", "\x00", "\r", "\f", "𝟗", "٣", "½", "−", "×"),
]


def form(draw: Random) -> str:
    """One of them; now and then the notes' transcript, which takes long."""
    if not draw.randrange(40):
        return NOTES.read_text(encoding="utf-8")
    return draw.choice([*FORMS.values()])
