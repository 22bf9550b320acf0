"""A sheet by another convention than was declared: a question is asked, and nobody accused.

Of sheets which declare no notation error terms may be the negatives of the derivatives, weights may
have their indices in the other order. Those of a sample may be of its own loss, unless the notation
says otherwise. Of any sheet relu may have the slope 1 at 0. Where a sheet is right so and wrong as
it stands, it is judged by that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Name,
    keys_in,
    substituted,
    written,
)
from autograd.audit.judging.judge import Judge, Judged
from autograd.audit.judging.kinks import with_other_slopes
from autograd.audit.judging.own_losses import gradients_of_samples
from autograd.audit.judging.slips.operands import mirrored
from autograd.audit.judging.slips.steps import activation
from autograd.audit.judging.transposed import whole
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reading.gradient_names import of_share
from autograd.audit.sheet import Sheet

FEWEST = 2  # numbers that a notation must set right
SIGN = (
    "every error term here is the negative of the derivative: is that its meaning? "
    "It is judged so; a line `notation:` says it"
)
ORDER = (
    "the weights here have their two indices in the other order: is that the notation? "
    "They are judged so; a line `notation:` says it"
)
LAYOUT = (
    "the matrices of derivatives here are the transposes: is that how they are laid out? "
    "They are judged so"
)
OWN = (
    "the gradients in what belongs to a sample are here those of its own loss, and no part of the "
    "mean: is that their meaning? They are judged so"
)
KINK = "here: is that the convention? It is judged so"


class Marked(NamedTuple):
    """The verdicts on the numbers of a sheet, and what is asked about its notation."""

    judged: Sequence[Judged]
    questions: Sequence[str] = ()


class Convention(NamedTuple):
    """A convention that a sheet may go by: what is asked, the sheet in the declared one, and how
    many numbers must be right so.
    """

    question: str
    sheet: Sheet
    fewest: int = FEWEST


def marked(sheet: Sheet, cases: Sequence[Sheet] = (), explains: bool = True) -> Marked:
    """The verdicts on a sheet, in the notation that sets it right where one does.

    `cases` are the other sheets of the same worksheet; `explains` is the judge's.
    """
    judge = Judge(sheet, explains, cases)
    found = judge.judged()
    if not any(judged.verdict in ACCUSED for judged in found):
        return Marked(found)
    notations = () if sheet.notation else _notations(sheet, found)
    others = chain(notations, _of_own_losses(sheet), _slopes(sheet, judge.truths))
    for question, other, fewest in others:
        if _is_right_in(found, Judge(other, explains=False).each(), fewest):
            judged = Judge(other, explains, cases).judged()
            return Marked(_with_claims(judged, sheet, other), [question])
    return Marked(whole(found))


ACCUSED = (Verdict.SLIP, Verdict.MISPRINT, Verdict.WRONG_LINE, Verdict.UNVERIFIABLE)


def _is_right_in(found: Sequence[Judged], others: Iterable[Judged], fewest: int) -> bool:
    """Whether a convention sets numbers right, none wrong, and leaves no more errors."""
    better = errors = 0
    for old, new in zip(found, others, strict=True):
        if old.verdict.is_right and not new.verdict.is_right:
            return False
        better += new.verdict.is_right and not old.verdict.is_right
        errors += (new.verdict in ACCUSED) - (old.verdict in ACCUSED)
    return better >= fewest and errors <= 0


def _with_claims(judged: Iterable[Judged], sheet: Sheet, other: Sheet) -> list[Judged]:
    """The verdicts with the claims as they were written."""
    claims = {id(new): old for old, new in zip(sheet.claims, other.claims, strict=True)}
    return [replace(one, claim=claims[id(one.claim)]) for one in judged]


# --- what the sheet would be ----------------------------------------------------------------------


def _slopes(sheet: Sheet, truths: Evaluation) -> Iterable[Convention]:
    """The slopes that its functions may have at their kinks."""
    others = with_other_slopes(sheet, truths)
    return (Convention(f"{words} {KINK}", other, 1) for words, other in others)


def _of_own_losses(sheet: Sheet) -> Iterable[Convention]:
    """The gradients in what belongs to a sample as those of its own loss, of which the cost is the
    mean.
    """
    own = {
        name: of_share(key, Fraction(1, len(samples)))
        for name, (key, samples) in gradients_of_samples(sheet).items()
    }
    if own:
        yield Convention(OWN, replace(sheet, definitions={**sheet.definitions, **own}), 1)


def _notations(sheet: Sheet, found: Sequence[Judged]) -> Iterable[Convention]:
    """The notations that a sheet may be in, the likeliest first."""
    derivatives = list(dict.fromkeys(d for j in found if (d := sheet.derivative_of(j.claim.left))))
    errors = [key for key in derivatives if _is_error_term(sheet, key)]
    for keys in (errors, derivatives):
        if _are_negative(sheet, found, keys):
            yield Convention(SIGN, _negated(sheet, keys))
    if sum(not judged.verdict.is_right for judged in found) >= FEWEST:
        others = (_mirrored_definitions(sheet), _mirrored_gradients(sheet, derivatives))
        question = LAYOUT if any("[" in key.variable.text for key in derivatives) else ORDER
        yield from (Convention(question, other) for other in others if other is not None)


def _is_error_term(sheet: Sheet, key: Derivative) -> bool:
    """Whether it is a derivative in a pre-activation."""
    variable = key.variable
    return variable in sheet.definitions and activation(sheet, variable) is None


def _are_negative(sheet: Sheet, found: Sequence[Judged], keys: Collection[Derivative]) -> bool:
    """Whether all numbers for derivatives have the sign that is not theirs."""
    chosen = frozenset(keys)
    numbers = [
        (judged.printed.value, judged.truth)
        for judged in found
        if judged.truth and sheet.derivative_of(judged.claim.left) in chosen
    ]
    return len(numbers) >= FEWEST and all(p and (p < 0) != (t < 0) for p, t in numbers)


def _negated(sheet: Sheet, keys: Iterable[Derivative]) -> Sheet:
    """The sheet with the negatives of derivatives under their names."""
    names: dict[Expression, Expression] = {}
    definitions = dict(sheet.definitions)
    declared: dict[Expression, list[Name]] = {}
    for name, meaning in sheet.definitions.items():
        if isinstance(meaning, Derivative):
            declared.setdefault(meaning, []).append(name)
    for key in keys:
        own = declared.get(key) or [Name(written(key), key.variable.epoch)]
        names[key] = own[0]
        definitions.update((name, Apply("neg", (key,))) for name in own)
    return _with_keys(replace(sheet, definitions=definitions), names)


def _mirrored_definitions(sheet: Sheet) -> Sheet | None:
    """The sheet whose definitions have every weight with its indices in the other order."""
    used = {key for e in sheet.definitions.values() for key in keys_in(e) if isinstance(key, Name)}
    names: dict[Expression, Expression] = {}
    for name in used:
        text = mirrored(name)
        if text is None or "[" in text or _is_computed(sheet, name):
            continue  # of a matrix as a whole the order is clear
        other = Name(text, name.epoch)
        is_fixed = other not in sheet.definitions and Name(text) in sheet.given
        names[name] = Name(text) if is_fixed else other
    if not any(other in sheet.given for other in names.values()):
        return None
    definitions = {
        name: expression if mirrored(name) else substituted(expression, names)
        for name, expression in sheet.definitions.items()
    }
    return replace(sheet, definitions=definitions)


def _is_computed(sheet: Sheet, name: Name) -> bool:
    """Whether a name is no parameter: defined, before any update."""
    return Name(name.text) in sheet.definitions


def _mirrored_gradients(sheet: Sheet, derivatives: Iterable[Derivative]) -> Sheet | None:
    """The sheet whose gradients have their weights' indices in the other order."""
    names: dict[Expression, Expression] = {}
    for key in derivatives:
        text = mirrored(key.variable)
        if text is not None and Name(text) in sheet.given:
            names[key] = Derivative(key.root, Name(text, key.variable.epoch))
    return _with_keys(sheet, names) if names else None


def _with_keys(sheet: Sheet, names: Mapping[Expression, Expression]) -> Sheet:
    """The sheet whose claims have other names and derivatives in the place of some."""
    claims = [
        replace(
            claim,
            left=substituted(claim.left, names),
            links=tuple(substituted(link, names) for link in claim.links),
        )
        for claim in sheet.claims
    ]
    return replace(sheet, claims=claims)
