"""What the names of a sheet are called in another notation, and with which sign.

A name is translated by what it means: a weight, a sum, a target, the objective, a gradient. A name
without a meaning stays, and must not be that of something else in the other notation.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from autograd.audit.expressions import Apply, Derivative, Expression, Name
from autograd.audit.reading.names import BEFORE, plain, unmarked
from autograd.audit.reading.network import network_of, spelled
from autograd.audit.reading.optimizers import Rule, of_letters
from autograd.audit.reading.states import State, States
from autograd.audit.reading.worksheet import Reading
from autograd.audit.sheet import Sheet
from autograd.audit.translating.meanings import Meaning, Side
from autograd.audit.translating.sizes import sizes_of
from autograd.notes.notation import Notation
from autograd.notes.patterns import updated_name
from autograd.reading import printable

STATE = re.compile(r"([A-Za-z_]+?)(?:_?\{(.+)\}|_([A-Za-z0-9]+))")  # m_hat{w_00^1}, v_w1


class UntranslatableError(ValueError):
    """A name, or a line, that the other notation has nothing for; `line` above says which line."""

    def __init__(self, sentence: str, line: str = "") -> None:
        super().__init__(sentence)
        self.line = line


class Symbol(NamedTuple):
    """A name in the other notation.

    The old name is worth `factor` times the new one; `preferred` is the factor that the other
    notation has for such a thing, which a minus before a derivative makes up. `is_gradient` says
    whether numbers for it have another sign then.
    """

    text: str
    factor: int = 1
    preferred: int = 1
    is_gradient: bool = False


class Names:
    """The names of one reading of a sheet, and what they are in another notation.

    >>> from autograd.audit.reading.epochs import sheets_of
    >>> from autograd.audit.reading.worksheet import readings
    >>> from autograd.notes.profiles import NOTATIONS
    >>> head = "network: 1-1 sigmoid\\nloss: mse\\ngiven a_0^0 = 1; w_00^1 = 1; b_0^1 = 1; y = 1"
    >>> [found] = readings(head)
    >>> names = Names(found, sheets_of(found)[0], NOTATIONS["mitchell"])
    >>> names.of_name("w_00^1").text, names.of_name("delta_0^1")[:2], names.of_name("speed").text
    ('w_21', ('delta_2', -1), 'speed')
    """

    def __init__(
        self, reading: Reading, sheet: Sheet, other: Notation, turns_states: bool = True
    ) -> None:
        """What is remembered has another sign where error terms have, if it `turns_states`."""
        self.turns_states = turns_states
        self.reading, self.sheet, header = reading, sheet, reading.header
        network = reading.directives.get("network", "")
        try:
            if network:
                other = network_of(network, other, header.samples).notation
            sizes = header.network.sizes if header.network else sizes_of(header.notation, sheet)
            self.source = Side(header.notation, sizes, bool(header.samples), header.share)
            self.target = replace(self.source, notation=other)
            assert self.target.meanings
        except ValueError as error:  # no letters for so many layers
            raise UntranslatableError(str(error), "network") from error
        self._take_loss(reading.directives.get("loss", "").rpartition("=")[0].strip())
        self.has_network = bool(network)
        self._found: dict[str, str] = {}  # what each new name was
        self._known: dict[str, Symbol] = {}

    def _take_loss(self, said: str) -> None:
        """Take the name that the header gives the loss, which stays where it is the sheet's own."""
        source, target = self.source.notation, self.target.notation
        is_own = spelled(said) not in map(spelled, self.source.losses)
        if said and is_own and source.maximised != target.maximised:
            raise UntranslatableError(
                f"the loss is called {printable(said)}, and is maximised in only one of the "
                "notations: leave its name out",
                "loss",
            )
        if said:
            self.source = replace(self.source, loss_name=said)
            self.target = replace(self.target, loss_name=said if is_own else target.loss_name)

    # --- names ------------------------------------------------------------------------------------

    def of_name(self, typed: str) -> Symbol:
        """What a name is in the other notation; an UntranslatableError where there is nothing."""
        if typed not in self._known:
            name = plain(typed)
            self._known[typed] = self._taken(name, self._of_name(name, typed) or Symbol(typed))
        return self._known[typed]

    def _taken(self, name: str, symbol: Symbol) -> Symbol:
        """A symbol, unless its name is that of something else."""
        text = symbol.text if "/" in symbol.text else spelled(symbol.text)
        before = self._found.setdefault(text, name)
        if before != name:
            raise UntranslatableError(
                f"{printable(name)} and {printable(before)} would both be {printable(text)}: "
                "write one of them, or call it something else"
            )
        meant = self.target.meaning(text)
        is_rate = Name(name) == self.reading.header.rate
        if text == name and meant and meant != self.source.meaning(name) and not is_rate:
            is_loss = meant.kind == "loss"
            what = "the loss" if is_loss else "the name of something else"
            remedy = self.source.losses[0] if is_loss else "otherwise"
            raise UntranslatableError(
                f"{printable(name)} is {what} there, and without a meaning here: call it {remedy}"
            )
        return symbol._replace(text=self._typed(symbol.text))

    def _typed(self, text: str) -> str:
        """A name as it can be typed: without a network an index of commas stands in braces."""
        if self.has_network:
            return text
        return re.sub(r"_([A-Za-z0-9]+(?:,[A-Za-z0-9]+)+)", r"_{\1}", text)

    def _of_name(self, name: str, typed: str) -> Symbol | None:
        if meaning := self.meaning(name):
            sign = self.source.sign(meaning) * self.target.sign(meaning)
            return Symbol(self._text(name, meaning), sign, sign)
        if name not in self.reading.own and (gradient := self._gradient(name)):
            return gradient
        base = unmarked(name)
        if base and name not in self.reading.own and (symbol := self._of_name(base, base)):
            return symbol._replace(text=_marked(symbol.text, typed, base))
        is_own = name in self.reading.own and name not in self._started
        if not is_own and (remembered := self._remembered(name)):
            return remembered
        if name not in self.reading.own and self._is_list(name):
            raise UntranslatableError(
                f"{printable(name)} is a whole layer, which is not translated: write its elements"
            )
        return None

    def of_state(self, letter: str, parameter: str) -> Symbol:
        """What an optimizer remembers of a parameter, v(w_00^1), without its letter."""
        name = plain(f"{letter}_{{{plain(parameter)}}}")
        state = self._state(name)
        called = self._parameter(state) if state else ""
        return Symbol(called or parameter, *self._turned(state))

    def _remembered(self, name: str) -> Symbol | None:
        """What an optimizer remembers of a parameter, v_{w_00^1}; its letter stays."""
        if name in self._letters:  # of all parameters, or of the only one
            return Symbol(name, *self._turn(self._letters[name]))
        state = self._state(name)
        called = self._parameter(state) if state else ""
        if state is None or not called:
            return None
        match = STATE.fullmatch(name)
        inside = plain(match[2] or match[3]) if match else ""
        before = "d" if inside == f"d{state.parameter}" else ""
        is_usual = match and inside == before + state.parameter
        letter = match[1] if match and is_usual else state.called
        return Symbol(f"{letter}_{{{before}{called}}}", *self._turned(state))

    def _turned(self, state: State | None) -> tuple[int, int, bool]:
        """The sign by which what is remembered changes, the same as that to prefer, and whether it
        has one: what an optimizer remembers goes with the error terms, but for squares.
        """
        return self._turn(bool(state and self._letters.get(state.letter)))

    def _turn(self, turns: bool) -> tuple[int, int, bool]:
        if not (self.turns_states and turns):
            return 1, 1, False
        sign = self.source.notation.error_sign * self.target.notation.error_sign
        return sign, sign, True

    @cached_property
    def _started(self) -> set[str]:
        """What is said to be remembered before the first step."""
        found = (each for each in self.reading.statements if each.kind == "start")
        return {each.left.text for each in found if isinstance(each.left, Name)}

    @cached_property
    def _letters(self) -> dict[str, bool]:
        """The letters of the optimizer, and whether they turn with gradients."""
        turning = self._rule.turning if self._rule else ()
        letters = self._rule.letters if self._rule else ()
        return {text: x in turning for x in letters for text in (x, x.replace("_hat", "hat"))}

    @cached_property
    def _rule(self) -> Rule | None:
        """What the optimizer does, in the letters of the sheet."""
        lefts = [x.left.text for x in self.reading.statements if isinstance(x.left, Name)]
        rules = of_letters(self.reading.header.rules, lefts, self._parameters)
        return next(iter(rules), None)

    @cached_property
    def _parameters(self) -> list[str]:
        return [name.text for name in self.sheet.given if self.is_parameter(name.text)]

    @cached_property
    def _states(self) -> States | None:
        return self._rule.states(self._parameters, self._parameters) if self._rule else None

    def _state(self, name: str) -> State | None:
        return self._states.find(name) if self._states else None

    def _parameter(self, state: State) -> str:
        """What the parameter is called there; "" where it has no meaning here."""
        meaning = self.meaning(state.parameter)
        if meaning is None or meaning.kind != "quantity":
            return ""
        return self._text(state.parameter, meaning)

    def meaning(self, name: str) -> Meaning | None:
        """What a name means on this sheet; a single y that is computed is no target."""
        found = self.source.meaning(name)
        if found is None:
            return None
        is_computed = Name(name) in self.sheet.definitions
        is_quantity = found.kind == "quantity"
        if found.kind == "loss" or (is_quantity and found.quantity and found.quantity.layer):
            return found
        return None if is_computed else found

    def is_parameter(self, typed: str) -> bool:
        """Whether a name is that of a weight or a bias, updated or not."""
        name = plain(typed)
        header = self.reading.header
        names = [Name(each) for each in (name, unmarked(name)) if each]
        return any(header.is_weight(each) or header.is_bias(each) for each in names)

    def _text(self, name: str, meaning: Meaning) -> str:
        try:
            return self.target.text(meaning)
        except ValueError as error:
            raise UntranslatableError(f"{printable(name)}: {error}") from error

    def _is_list(self, name: str) -> bool:
        """Whether a name stands for those of a layer, z^1 for z_0^1 and z_1^1."""
        base, mark, above = name.partition("^")
        firsts = (f"{base}_{index}{mark}{above}" for index in ("0", "1", "00", "11"))
        return "_" not in base and any(self.source.meaning(first) for first in firsts)

    # --- gradients --------------------------------------------------------------------------------

    def _gradient(self, name: str) -> Symbol | None:
        """The symbol of a name that the notation has for a gradient."""
        meant = self.sheet.definitions.get(Name(name))
        key, sign = _derivative(meant)
        if key is None:
            return None
        root = self.meaning(key.root.text)
        if root is None:
            return None
        if isinstance(meant, Apply) and meant.operation == "mul":  # of a sample's own loss
            variable = self.source.meaning(key.variable.text)
            root = root._replace(sample=variable.sample if variable else root.sample)
        variable = self.meaning(key.variable.text)
        sign *= self.source.sign(root) * self.source.sign(variable)
        return self._shown(root, key.variable.text, variable, sign, is_own=True)

    def of_derivative(self, above: str, below: str) -> Symbol:
        """What dL/dw is, without their d."""
        name = f"d{plain(above)}/d{plain(below)}"
        root, variable = self.meaning(plain(above)), self.meaning(plain(below))
        sign = self.source.sign(root) * self.source.sign(variable)
        if root is not None and root.kind == "loss":
            symbol = self._shown(root, plain(below), variable, sign, is_own=False, typed=below)
        else:
            text = f"d{self.of_name(above).text}/d{self.of_name(below).text}"
            sign *= self.target.sign(root) * self.target.sign(variable)
            symbol = Symbol(text, sign, sign)
        return self._taken(name, symbol)

    def _shown(
        self,
        root: Meaning,
        name: str,
        variable: Meaning | None,
        sign: int,
        is_own: bool,
        typed: str = "",
    ) -> Symbol:
        """The gradient in something, where `sign` times that of the loss is meant."""
        source, target = self.source, self.target
        preferred = source.gradient_sign(variable) * target.gradient_sign(variable)
        root_text = self._text(name, root)
        text = self._text(name, variable) if variable else self.of_name(typed or name).text
        has_name = bool(source.gradient_name("", name, variable)) and source.shows(root, variable)
        is_single = variable is not None or self.sheet.is_known(Name(name))  # and no list
        own = target.gradient_name(root_text, text, variable) if is_single else ""
        own = "" if spelled(own) in self.reading.own else own  # let dw = dL/dw
        if own and (is_own or not has_name) and target.shows(root, variable):
            return Symbol(own, sign * target.gradient_sign(variable), preferred, True)
        sign *= target.sign(root) * target.sign(variable)
        return Symbol(f"d{root_text}/d{text}", sign, preferred, True)


def _derivative(meant: Expression | None) -> tuple[Derivative | None, int]:
    """The derivative that a name is, and with which sign; a multiple has that of its derivative."""
    if isinstance(meant, Derivative):
        return meant, 1
    if isinstance(meant, Apply) and meant.operation in ("neg", "mul"):
        inside = meant.operands[-1]
        if isinstance(inside, Derivative):
            return inside, -1 if meant.operation == "neg" else 1
    return None, 1


def _marked(text: str, typed: str, base: str) -> str:
    """A name with the mark that was typed with its base: w', w^+, w(new), w_new, new_w."""
    if typed.startswith(BEFORE):
        return BEFORE + text
    if "'" in typed:
        return f"{text}'"
    if "_new" in typed:
        return f"{text}_new"
    if "new" not in typed:
        return updated_name("{name}^+", text, 1)
    if any(sign in text for sign in ("^(", "^[")):  # (new) would be a sample there
        return updated_name("{name}^new", text, 1)
    is_behind = "(new)" in typed or any(sign in base for sign in ("^(", "^["))
    return updated_name("{name}(new)" if is_behind else "{name}^new", text, 1)
