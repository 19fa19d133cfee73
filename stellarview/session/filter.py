"""The filter of the table of stars: `teff > 5000 & snr > 30 | class = QSO & name ~ gaia`, read by a parser of its own.

    any    = all { ("|" | "or") all }
    all    = not { ("&" | "and") not }
    not    = { "!" | "not" } part
    part   = "(" any ")"  |  column comparison value  |  word { word }

Words alone are searched for in names. A comparison with a value that a star does not have is false.
"""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from stellarview.domain.errors import StellarViewError

Row = Mapping[str, Any]

_LONGEST, _DEEPEST = 2_000, 50
_NAME = "name"
_TOKEN = re.compile(r"""\s*(?:(<=|>=|!=|==|[<>=~&|!()])|"([^"]*)"|'([^']*)'|([^\s<>=~&|!()"']+))""")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WORDS_FOR = {"and": "&", "or": "|", "not": "!"}
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARISONS = (*_ORDERS, "=", "!=", "~")


@dataclass(frozen=True)
class Compare:
    """One comparison; of a list, such as flags, one that fits is enough."""

    column: str
    sign: str
    value: str

    def __call__(self, row: Row) -> bool:
        held = row.get(self.column)
        several = held if isinstance(held, list | tuple | set | frozenset) else (held,)
        known = [one for one in several if not _is_missing(one)]
        if self.sign == "!=":
            return bool(known) and not any(self._is_equal(one) for one in known)
        return any(self._fits(one) for one in known)

    def _fits(self, held: Any) -> bool:
        if self.sign == "~":
            return self.value.casefold() in str(held).casefold()
        if self.sign == "=":
            return self._is_equal(held)
        number = _number(str(held))
        return number is not None and _ORDERS[self.sign](number, float(self.value))

    def _is_equal(self, held: Any) -> bool:
        told, number = _number(self.value), None if isinstance(held, bool) else _number(str(held))
        if told is not None and number is not None:
            return math.isclose(told, number, rel_tol=1e-9)
        return str(held).casefold() == self.value.casefold()

    def __str__(self) -> str:
        return f"{_quoted(self.column)} {self.sign} {_quoted(self.value)}"


@dataclass(frozen=True)
class Search:
    """A word that stands in the star's name."""

    word: str

    def __call__(self, row: Row) -> bool:
        return self.word.casefold() in str(row.get(_NAME) or "").casefold()

    def __str__(self) -> str:
        return _quoted(self.word)


@dataclass(frozen=True)
class Not:
    """The contrary; also of what is false because a value is missing."""

    part: Filter

    def __call__(self, row: Row) -> bool:
        return not self.part(row)

    def __str__(self) -> str:
        return f"!({self.part})"


@dataclass(frozen=True)
class All:
    """Every part is true; of no parts, which is the empty filter, this is so of every star."""

    parts: tuple[Filter, ...] = ()

    def __call__(self, row: Row) -> bool:
        return all(part(row) for part in self.parts)

    def __str__(self) -> str:
        return " & ".join(f"({part})" for part in self.parts)


@dataclass(frozen=True)
class AnyOf:
    """Some part is true."""

    parts: tuple[Filter, ...]

    def __call__(self, row: Row) -> bool:
        return any(part(row) for part in self.parts)

    def __str__(self) -> str:
        return " | ".join(f"({part})" for part in self.parts)


Filter = Compare | Search | Not | All | AnyOf


def compile_filter(text: str, columns: Sequence[str] | None = None) -> Filter:
    """What tells of a row whether it is shown; `str` of it is such a text again. Without `columns` any name will do."""
    if len(text) > _LONGEST:
        raise StellarViewError(
            "The filter is too long.", f"It has {len(text):,} characters, more than {_LONGEST:,}.", "Shorten it."
        )
    return _Parser(text, columns).whole()


@dataclass(frozen=True)
class _Token:
    """A piece of the text and where it begins; a quoted one is always a word."""

    text: str
    place: int
    is_sign: bool = False


class _Parser:
    def __init__(self, text: str, columns: Sequence[str] | None) -> None:
        self._columns = columns
        self._by_name = None if columns is None else {column.casefold(): column for column in columns}
        self._text = text
        self._tokens = list(self._read())
        self._next = 0

    def _read(self) -> Iterator[_Token]:
        place, end = 0, len(self._text.rstrip())
        while place < end:
            found = _TOKEN.match(self._text, place)
            if found is None:
                quote = re.compile(r"\s*").match(self._text, place)
                self._refuse("A quotation mark is not closed", quote.end() if quote else place)
            sign, double, single, plain = found.groups()
            start = found.end() - len(found[0].lstrip())
            if plain is not None and plain.lower() in _WORDS_FOR:
                sign = _WORDS_FOR[plain.lower()]
            word = next((one for one in (double, single, plain) if one is not None), "")
            yield _Token("=" if sign == "==" else sign or word, start, is_sign=sign is not None)
            place = found.end()

    def whole(self) -> Filter:
        """The filter of the whole text."""
        if not self._tokens:
            return All()
        found = self._any(0)
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            hint = (
                "a bracket too many" if token.text == ")" else "values have no units; write & or | between conditions"
            )
            self._refuse(f"{token.text!r} is not expected here: {hint}", token.place)
        return found

    def _any(self, depth: int) -> Filter:
        parts = [self._all(depth)]
        while self._takes("|"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self, depth: int) -> Filter:
        parts = [self._not(depth)]
        while self._takes("&"):
            parts.append(self._not(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _not(self, depth: int) -> Filter:
        count = 0
        while self._takes("!"):
            count += 1
        part = self._part(depth)
        return Not(part) if count % 2 else part

    def _part(self, depth: int) -> Filter:
        if self._takes("("):
            if depth >= _DEEPEST:
                self._refuse("There are too many brackets within brackets", self._tokens[self._next - 1].place)
            found = self._any(depth + 1)
            if not self._takes(")"):
                self._refuse("A bracket is not closed", self._place)
            return found
        first = self._word("A condition")
        if self._sign in _COMPARISONS:
            return self._compare(first)
        words = [Search(first.text)]
        while self._sign is None and self._next < len(self._tokens) and not self._begins_comparison:
            words.append(Search(self._word("A word").text))
        return words[0] if len(words) == 1 else All(tuple(words))

    def _compare(self, column: _Token) -> Filter:
        sign = self._tokens[self._next]
        self._next += 1
        name, value = self._column(column), self._word(f"A value after {sign.text}")
        if sign.text in _ORDERS and _number(value.text) is None:
            self._refuse(f"{value.text!r} after {sign.text} is no number", value.place)
        return Compare(name, sign.text, value.text)

    def _column(self, token: _Token) -> str:
        if self._by_name is None:
            return token.text
        known = self._by_name.get(token.text.casefold())
        if known is None:
            near = difflib.get_close_matches(token.text.casefold(), self._by_name, 1)
            hint = f": is it {self._by_name[near[0]]}?" if near else ""
            self._refuse(f"There is no column {token.text!r}{hint}", token.place)
        return known

    def _word(self, what: str) -> _Token:
        if self._next >= len(self._tokens) or self._tokens[self._next].is_sign:
            self._refuse(f"{what} is missing", self._place)
        self._next += 1
        return self._tokens[self._next - 1]

    def _takes(self, sign: str) -> bool:
        if self._sign != sign:
            return False
        self._next += 1
        return True

    @property
    def _sign(self) -> str | None:
        """The next sign, None before a word and at the end."""
        token = self._tokens[self._next] if self._next < len(self._tokens) else None
        return token.text if token is not None and token.is_sign else None

    @property
    def _begins_comparison(self) -> bool:
        after = self._tokens[self._next + 1 : self._next + 2]
        return bool(after) and after[0].is_sign and after[0].text in _COMPARISONS

    @property
    def _place(self) -> int:
        return self._tokens[self._next].place if self._next < len(self._tokens) else len(self._text)

    def _refuse(self, what: str, place: int) -> NoReturn:
        columns = "Any column may be compared" if self._columns is None else f"Columns are {', '.join(self._columns)}"
        raise StellarViewError(
            f"The filter cannot be read at character {place + 1}.",
            f"{what}.",
            f"{columns}. An example: teff > 5000 & snr > 30 | name ~ gaia.",
        )


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _quoted(word: str) -> str:
    plain = re.fullmatch(r"""[^\s<>=~&|!()"']+""", word)
    if plain and word.lower() not in _WORDS_FOR:
        return word
    return f"'{word}'" if '"' in word else f'"{word}"'
