"""What an update makes of a parameter: the lines of a rule, over letters.

    v = beta*v + g
    w = w - eta*v

In a line w is the parameter and g its gradient, t the number of the step; a letter that an earlier
line gives is the new number, any other that a line gives is the number of the step before. What
the last line gives is the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    Number,
    keys_in,
    replaced,
    substituted,
)
from autograd.audit.reading.arrays import of_numbers
from autograd.audit.reading.functions import FUNCTIONS
from autograd.audit.reading.grammar import parsed
from autograd.audit.reading.names import CHANGE, NAME, indexed, plain, unknown
from autograd.audit.reading.states import States
from autograd.audit.reading.tokens import number
from autograd.reading import meant, printable

RULES: dict[str, tuple[str, ...]] = {
    "gradient descent": ("w = w - eta*g",),
    "sgd": ("w = w - eta*g",),
    "momentum": ("v = beta*v + g", "w = w - eta*v"),
    "nesterov": ("v = beta*v + g", "w = w - eta*(g + beta*v)"),
    "adagrad": ("s = s + g^2", "w = w - eta*g/(sqrt(s) + epsilon)"),
    "rmsprop": ("s = beta*s + (1 - beta)*g^2", "w = w - eta*g/(sqrt(s) + epsilon)"),
    "adam": (
        "m = beta_1*m + (1 - beta_1)*g",
        "v = beta_2*v + (1 - beta_2)*g^2",
        "m_hat = m/(1 - beta_1**t)",
        "v_hat = v/(1 - beta_2**t)",
        "w = w - eta*m_hat/(sqrt(v_hat) + epsilon)",
    ),
}
# The letters of well-known courses, which may be meant: v and s, or s and r, for adam's m and v.
OTHER_LETTERS = {"adam": ({"m": "v", "v": "s"}, {"m": "s", "v": "r"})}
# What else is meant where a header does not say the velocity's line: it is a length already, which
# is added or subtracted; it is a running mean; it goes down the slope, which is added.
VELOCITIES = (
    *("v = beta*v + eta*g", "v = beta*v - eta*g", "v = beta*v + (1 - beta)*g"),
    "v = beta*v - g",
)
# The parameter's line, where the velocity has the learning rate in it, or has the other sign.
SCALED = {
    ("momentum", "add", True): "w = w - v",
    ("momentum", "sub", True): "w = w + v",
    ("momentum", "sub", False): "w = w + eta*v",
    ("nesterov", "add", True): "w = w - (beta*v + eta*g)",
    ("nesterov", "sub", True): "w = w + beta*v - eta*g",
    ("nesterov", "sub", False): "w = w + eta*(beta*v - g)",
}
# What a change Δw may be: what is added, its size, the gradient, what the parameter becomes.
CHANGES = (
    ("Delta = -eta*g", "w = w + Delta"),
    ("Delta = eta*g", "w = w - Delta"),
    ("Delta = g", "w = w - eta*Delta"),
    ("Delta = w - eta*g", "w = Delta"),
)
USUAL = {"beta_1": "0.9", "beta_2": "0.999", "epsilon": "1e-8"}
ALIKE = {
    **dict.fromkeys(("momentum", "mu", "gamma", "rho", "decay", "smoothing"), "beta"),
    "beta1": "beta_1",
    "beta2": "beta_2",
    "eps": "epsilon",
    "lr": "eta",
}
HYPER = re.compile(rf"({NAME})\s*(?:=\s*|\s)([0-9.]+(?:e-?[0-9]+)?)")
LINE = re.compile(rf"(?:[a-z]+\s+)?({NAME})\s*=(.*)")
Declared = Callable[[str], bool]
OPPOSITE = {"sub": "add", "add": "sub"}


class Rule(NamedTuple):
    """The lines of an update, each a letter and what it becomes; the last is the parameter's.

    `starts` are what is remembered, with the numbers before the first step where they are usual.
    Biases may have a rule of their own, `of_biases`, with other signs.
    """

    lines: tuple[tuple[str, Expression], ...]
    starts: Mapping[str, Expression | None]
    of_biases: Rule | None = None

    @property
    def letters(self) -> list[str]:
        """What is computed on the way to the parameter."""
        return [letter for letter, _ in self.lines[:-1]]

    def state(self, letter: str, parameter: str) -> str:
        """The name of what is computed for one parameter: v_w1, mhat_w1."""
        return indexed(letter.replace("_hat", "hat"), parameter)

    def states(
        self, parameters: Iterable[str], indexed: Collection[str] = (), is_alone: bool = False
    ) -> States:
        """The names of what is computed for parameters."""
        turning = self.turning
        letters = {letter: letter in turning for letter in self.letters}
        return States(letters, parameters, indexed, is_alone)

    def steps(
        self, parameter: Name, gradient: Expression, at: Callable[[Key], Expression]
    ) -> Steps:
        """What the names of a parameter become in the step that leads to its epoch.

        `gradient` is that in the epoch before, in which `at` places what is no letter of the rule.
        """
        epoch, own, text = parameter.epoch, self.lines[-1][0], parameter.text
        known: dict[str, Expression] = {
            **{each: Name(self.state(each, text), epoch - 1) for each in self.letters},
            own: Name(text, epoch - 1),
            "t": number(str(epoch)),
            **dict.fromkeys(gradients_of(own), gradient),
        }
        for letter, expression in self.lines:
            is_own = letter == own
            name = parameter if is_own else Name(self.state(letter, text), epoch)
            yield name, replaced(expression, lambda key: _placed(key, known, at, gradient))
            known[letter] = name

    @property
    def opposite(self) -> Rule:
        """The same rule over -g, whose step is added.

        >>> rule, *_ = rules_of("momentum, beta 0.9", Name("eta"), "eta".__eq__)
        >>> from autograd.audit.expressions import written
        >>> [written(line) for _, line in rule.opposite.lines]
        ['0.9*v + -g', 'w + eta*v']
        """
        *letters, (own, last) = self.lines
        minus: dict[Expression, Expression] = {
            Name(name): Apply("neg", (Name(name),)) for name in gradients_of(own)
        }
        turned = {letter: substituted(line, minus) for letter, line in letters}
        last = substituted(last, minus)
        if isinstance(last, Apply) and last.operation in OPPOSITE:
            last = Apply(OPPOSITE[last.operation], last.operands)
        return Rule((*turned.items(), (own, last)), self.starts)

    @property
    def turning(self) -> frozenset[str]:
        """The letters that have the other sign where every gradient has.

        >>> rule, *_ = rules_of("adam", Name("eta"), "eta".__eq__)
        >>> sorted(rule.turning)
        ['m', 'm_hat']
        """
        *lines, (own, _) = self.lines
        found, before = frozenset(letter for letter, _ in lines), frozenset[str]()
        while found != before:
            before, names = found, {*found, *gradients_of(own)}
            found = frozenset(letter for letter, e in lines if letter in found and _turns(e, names))
        return found

    def place(self, letter: str) -> int:
        """The place of a letter's line; the parameter's is the last."""
        letters = self.letters
        return letters.index(letter) if letter in letters else len(letters)


Steps = Iterator[tuple[Name, Expression]]


def of_letters(
    rules: Sequence[Rule], named: Collection[str], parameters: Collection[str]
) -> list[Rule]:
    """Those of the rules of which most letters have names on a sheet, in their order.

    >>> adams = rules_of("adam", Name("eta"), "eta".__eq__)
    >>> [rule.letters[:2] for rule in of_letters(adams, ["v_w", "s_w"], ["w"])]
    [['v', 's']]
    """

    def count(rule: Rule) -> int:
        states = rule.states(parameters, parameters, is_alone=True)
        found = {state.letter for name in named if (state := states.find(name))}
        return len(found | {*named} & {*rule.letters})

    counts = [count(rule) for rule in rules]
    return [rule for rule, each in zip(rules, counts, strict=True) if each == max(counts)]


def of_shown_changes(rules: Sequence[Rule], links: Iterable[Expression]) -> list[Rule]:
    """Those of the rules that use a change as lines do, w + Δw or w - Δw; all where none shows it.

    >>> rules = rules_of_changes(Name("eta"))
    >>> [only] = of_shown_changes(rules, [parsed("w + Delta_w")])
    >>> [letter for letter, _ in only.lines], only.lines[-1][1].operation
    (['Delta', 'w'], 'add')
    """
    shown = {form for link in links if (form := _use_of_change(link))}
    found = [rule for rule in rules if _use_of_change(rule.lines[-1][1]) in shown]
    return found or list(rules)


def _use_of_change(expression: Expression) -> tuple[str, int] | None:
    """How a sum uses a change: its sign, and how many names are beside it."""
    if not isinstance(expression, Apply) or expression.operation not in OPPOSITE:
        return None
    names = keys_in(expression.operands[-1])
    is_used = any(isinstance(key, Name) and key.text.startswith(CHANGE) for key in names)
    return (expression.operation, len(names)) if is_used else None


def gradients_of(parameter: str) -> tuple[str, ...]:
    """What the gradient is called in the lines of a rule."""
    return ("g", "grad", f"d{parameter}")


def _turns(expression: Expression, names: Collection[str]) -> bool:
    """Whether an expression has the other sign where these names and all derivatives have."""
    if not isinstance(expression, Apply):
        return isinstance(expression, Derivative) or (
            isinstance(expression, Name) and expression.text in names
        )
    operation, operands = expression.operation, expression.operands
    turned = [_turns(operand, names) for operand in operands]
    if operation in ("mul", "div"):
        return turned.count(True) % 2 == 1
    if operation == "pow":
        exponent = operands[1]
        return turned[0] and isinstance(exponent, Number) and exponent.value % 2 == 1
    return operation in ("add", "sub", "neg") and all(turned)


def _placed(
    key: Key, known: Mapping[str, Expression], at: Callable[[Key], Expression], gradient: Expression
) -> Expression:
    if isinstance(key, Derivative):
        return gradient
    return known[key.text] if key.text in known else at(key)


def rules_of(text: str, rate: Name | None, declared: Declared) -> list[Rule]:
    """The rule that a header describes, and what else it may mean; a ValueError says what it lacks.

    >>> rules = rules_of("momentum, beta 0.9", Name("eta"), "eta".__eq__)
    >>> from autograd.audit.expressions import written
    >>> [written(rule.lines[0][1]) for rule in rules]
    ['0.9*v + g', '0.9*v + eta*g', '0.9*v - eta*g', '0.9*v + (1 - 0.9)*g', '0.9*v - g']
    """
    kind, hyper, own = _parts(text)
    if "beta" in hyper and RULES.get(kind) == RULES["sgd"]:  # sgd, momentum 0.9
        kind = "momentum"
    if kind not in ("", *RULES):
        raise ValueError(unknown("optimizer", kind, RULES))
    usual = {name: digits for name, digits in USUAL.items() if kind and not declared(name)}
    rate = None if own and declared("eta") else rate  # eta is what is given as that
    found = []
    for lines in (own, *(() if own else _others(kind))):
        usual_lines = RULES.get(kind, ()) if lines is own or len(lines) == 1 else ()
        every = dict(map(_line, usual_lines)) | lines
        every |= _scaled(kind, every, rate) if kind and len(lines) == 1 else {}
        _require_used(hyper, every)
        rule = _rule(every, usual | hyper, rate, number("0") if kind else None)
        _require_known(rule, declared)
        found.append(rule)
    return found


def rules_of_changes(rate: Name) -> list[Rule]:
    """Gradient descent with a name for what is added, as it may be meant.

    >>> [rule.letters for rule in rules_of_changes(Name("eta"))]
    [['Delta'], ['Delta'], ['Delta'], ['Delta']]
    """
    return [_rule(dict(map(_line, lines)), {}, rate, None) for lines in CHANGES]


def _others(kind: str) -> Iterator[dict[str, Expression]]:
    """The lines that a rule may have as well where the header says none."""
    for velocity in VELOCITIES if kind in ("momentum", "nesterov") else ():
        yield dict([_line(velocity)])
    for letters in OTHER_LETTERS.get(kind, ()):
        yield dict(_line(_with_letters(line, letters)) for line in RULES[kind])


def _with_letters(line: str, letters: Mapping[str, str]) -> str:
    """The line of a rule with other letters in it, with their hats."""
    return re.sub(r"\b[a-z](?=_hat|\b)", lambda match: letters.get(match[0], match[0]), line)


def _require_used(hyper: Mapping[str, str], lines: Mapping[str, Expression]) -> None:
    """A ValueError for a number that the rule has no place for."""
    used = {key.text for line in lines.values() for key in keys_in(line) if isinstance(key, Name)}
    for name, digits in hyper.items():
        if name not in used:
            raise ValueError(f"{printable(name)} {digits} stands in no line of this rule")


def _rule(
    lines: Mapping[str, Expression],
    numbers: Mapping[str, str],
    rate: Name | None,
    start: Expression | None,
) -> Rule:
    """A rule with its hyperparameters as numbers, where the header has them."""

    def settled(key: Key) -> Expression:
        if key == Name("eta") and rate is not None and "eta" not in numbers:
            return rate
        return number(numbers[key.text]) if isinstance(key, Name) and key.text in numbers else key

    placed = {letter: replaced(line, settled) for letter, line in lines.items()}
    return Rule(tuple(placed.items()), _starts(placed, start))


def _parts(text: str) -> tuple[str, dict[str, str], dict[str, Expression]]:
    """The name of a rule, its hyperparameters as numbers, and lines of one's own."""
    kind, hyper, own = "", dict[str, str](), dict[str, Expression]()
    for part in filter(None, map(str.strip, re.split("[,;]", text))):
        if match := HYPER.fullmatch(part):
            name = plain(match[1])
            kind = name if name in RULES and not kind else kind  # momentum 0.9
            hyper[ALIKE.get(name, name)] = match[2]
        elif LINE.fullmatch(part):
            own.update([_line(part)])
        elif not kind:
            kind = meant(part.lower(), RULES)
        else:
            raise ValueError(f"{printable(repr(part[:40]))} is neither a number nor a line")
    if not kind and not own:
        raise ValueError(f"{', '.join(RULES)} or lines such as v = 0.9*v + g are expected")
    return kind, hyper, own


def _line(text: str) -> tuple[str, Expression]:
    """A letter and what it becomes."""
    match = LINE.fullmatch(text)
    if match is None:
        raise ValueError(f"{printable(repr(text[:40]))}: a line such as v = 0.9*v + g is expected")
    return plain(match[1]), of_numbers(parsed(match[2], _is_letter))


def _is_letter(name: str) -> bool:
    """Whether a name of a line is no power and no function."""
    return "^" not in name and name not in FUNCTIONS


def _scaled(kind: str, lines: Mapping[str, Expression], rate: Name | None) -> dict[str, Expression]:
    """The parameter's line where the velocity's is not the usual one."""
    velocity = lines.get("v")
    if not isinstance(velocity, Apply):
        return {}
    has_rate = bool({rate, Name("eta")} & set(keys_in(velocity)))
    line = SCALED.get((kind, velocity.operation, has_rate))
    return dict([_line(line)]) if line else {}


def _starts(
    lines: Mapping[str, Expression], usual: Expression | None
) -> dict[str, Expression | None]:
    """What a line uses before it is computed, besides the parameter."""
    *letters, _ = lines
    found: dict[str, Expression | None] = {}
    for place, line in enumerate(lines.values()):
        names = {key.text for key in keys_in(line) if isinstance(key, Name)}
        found |= {letter: usual for letter in letters[place:] if letter in names}
    return found


def _require_known(rule: Rule, declared: Declared) -> None:
    *_, (own, _) = rule.lines
    known = {*rule.letters, own, "t", *gradients_of(own)}
    for _, line in rule.lines:
        for key in keys_in(line):
            if isinstance(key, Name) and key.text not in known and not declared(key.text):
                name = printable(key.text)
                raise ValueError(f"{name} is not given: say {name} 0.9 behind a comma, or give it")
