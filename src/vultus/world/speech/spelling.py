"""From letters to sounds.

A rule is `left<letters>right=sounds`: `letters` are read as `sounds` (IPA, ˈ before a stressed vowel, nothing
for silent ones) where the regular expression `left` matches what comes before them in the word and `right`
what follows. `left<` and `>right` may be left out. Of the rules that fit, the one with most letters wins,
then the one with more context. Letters without a rule are tried again without their accents.
"""
# ruff: noqa: RUF001 - IPA letters and full-width punctuation look like others

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from vultus.errors import InputError
from vultus.world.speech.languages import Language
from vultus.world.speech.phonemes import tokens
from vultus.world.speech.wording import Clause, Syllable, Word, accented, stressed_syllable, syllabified

_STRESS_MARK = "ˈ"
_ENDS = {
    "?": "question",
    "？": "question",
    ".": "statement",
    "!": "statement",
    "。": "statement",
    "！": "statement",
}
_ENDS |= dict.fromkeys(",;:—–…，、；：", "continuation")
_SILENT = '-`"“”„«»()[]{}¿¡*_/\\'
_TONE_MARKS = {"\u0304": "55", "\u0301": "35", "\u030c": "214", "\u0300": "51"}
_TONE_DIGITS = {"1": "55", "2": "35", "3": "214", "4": "51", "5": "3"}
_LIGHT_TONE = "3"
_APOSTROPHES = "'`ʾʿ"
_PIECE = re.compile(f"[{_APOSTROPHES}]?[^\\W\\d_](?:[^\\W\\d_]|[{_APOSTROPHES}\u0300-\u036f])*|\\S")
_PIECE_TONAL = re.compile("[^\\W\\d_](?:[^\\W_]|['\u0300-\u036f])*|\\S")
_PINYIN = re.compile(
    "(?P<letters>(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?[aeiouüv]+"
    "(?:ng(?![aeiouü])|n(?![aeiouüg])|r(?![aeiouü]))?)(?P<digit>[1-5])?'?"
)


@dataclass(frozen=True)
class Rule:
    """How some letters are read."""

    letters: str
    """What is read."""

    sounds: str
    """IPA."""

    left: re.Pattern[str] | None
    """What must come before."""

    right: re.Pattern[str] | None
    """What must follow."""

    def fits(self, word: str, at: int) -> bool:
        """Whether the letters stand at `at` in their context."""
        if not word.startswith(self.letters, at):
            return False
        if self.left and not self.left.search(word[:at]):
            return False
        return not self.right or bool(self.right.match(word[at + len(self.letters) :]))


@cache
def rules_of(listed: str) -> tuple[Rule, ...]:
    """The rules of a language, the ones that are tried first in front."""
    rules = []
    for item in listed.split():
        pattern, sounds = item.rsplit("=", 1)
        left, _, rest = pattern.rpartition("<")
        letters, _, right = rest.partition(">")
        rules.append(
            Rule(
                letters,
                sounds,
                re.compile(f"(?:{left})$") if left else None,
                re.compile(right) if right else None,
            )
        )
    return tuple(sorted(rules, key=lambda rule: (-len(rule.letters), not rule.left, not rule.right)))


def clauses(text: str, language: Language, rng: np.random.Generator) -> tuple[Clause, ...]:
    """Cut a text at its punctuation and read its words.

    Quotation marks and brackets are skipped, hyphens part words; any other character without a rule is an
    error.

    Raises:
        InputError: When a character cannot be read, or nothing is left to say.
    """
    found: list[Clause] = []
    words: list[Word] = []
    for piece in (_PIECE_TONAL if language.tones else _PIECE).findall(_readable(text)):
        if piece in _ENDS:
            if words:
                found.append(accented(Clause(tuple(words), _ENDS[piece]), rng))
                words = []
        elif piece not in _SILENT:
            words += _read(piece, language, rng)
    if words:
        found.append(accented(Clause(tuple(words), "statement"), rng))
    if not found:
        raise InputError(
            f"nothing in {text!r} can be said", remedy="give at least one word", metadata={"text": text}
        )
    return tuple(found)


def _readable(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("ʼ", "'")


def _read(piece: str, language: Language, rng: np.random.Generator) -> list[Word]:
    """Words of a piece of text; digits are read one by one."""
    if piece.isdecimal() and language.digits:
        return [word for digit in piece for word in _read(language.digits[int(digit)], language, rng)]
    if language.tones:
        return [_pinyin(piece, language)]
    if piece in language.words:
        return [_listed(piece, language)]
    ipa = transcribed(piece, language)
    sounds = tokens(ipa.replace(_STRESS_MARK, ""))
    if not sounds:
        return []
    marked = len(tokens(ipa.partition(_STRESS_MARK)[0])) if _STRESS_MARK in ipa else None
    syllables = syllabified(sounds, language, marked)
    if marked is None:
        syllables = _stressed(syllables, language, rng)
    return [Word(syllables, piece)]


def transcribed(word: str, language: Language) -> str:
    """IPA of a word by the language's rules alone.

    Raises:
        InputError: When a letter has no rule.
    """
    rules = rules_of(language.rules)
    sounds, at = "", 0
    while at < len(word):
        rule = next((rule for rule in rules if rule.fits(word, at)), None)
        if rule is None and word[at] in _APOSTROPHES:
            at += 1
            continue
        if rule is None:
            plain = unicodedata.normalize("NFD", word[at])[0]
            if plain == word[at]:
                raise InputError(
                    f"{language.english_name} has no sound for {word[at]!r} in {word!r}",
                    remedy="leave it out or write it with the letters of the language",
                    metadata={"character": word[at], "word": word},
                )
            word = word[:at] + plain + word[at + 1 :]
            continue
        sounds += rule.sounds
        at += len(rule.letters)
    return sounds


def _listed(token: str, language: Language) -> Word:
    ipa = language.words[token]
    sounds = tokens(ipa.replace(_STRESS_MARK, ""))
    if _STRESS_MARK not in ipa:
        return Word(syllabified(sounds, language), token, content=False)
    return Word(syllabified(sounds, language, len(tokens(ipa.partition(_STRESS_MARK)[0]))), token)


def _stressed(
    syllables: tuple[Syllable, ...], language: Language, rng: np.random.Generator
) -> tuple[Syllable, ...]:
    """The first full vowel where stress is free, else by the language's rule."""
    if language.stress == "free":
        full = [index for index, syllable in enumerate(syllables) if syllable.nucleus not in ("ə", "")]
        chosen: int | None = full[0] if full else 0
    else:
        chosen = stressed_syllable(language, len(syllables), rng)
        if (
            language.stress == "penultimate"
            and syllables[-1].coda
            and syllables[-1].coda[-1] not in ("n", "s")
        ):
            chosen = len(syllables) - 1
    return tuple(replace(syllable, stress=float(index == chosen)) for index, syllable in enumerate(syllables))


def _pinyin(token: str, language: Language) -> Word:
    """Syllables with their tones, by mark or digit; without either the tone is light."""
    plain, marks = "", {}
    for letter in unicodedata.normalize("NFD", token):
        if letter in _TONE_MARKS:
            marks[len(plain) - 1] = _TONE_MARKS[letter]
        elif letter == "\u0308":
            plain = plain[:-1] + "ü"
        else:
            plain += letter
    found = list(_PINYIN.finditer(plain))
    if "".join(match.group() for match in found) != plain:
        transcribed(re.sub(r"[\d']", "", plain), language)
        raise InputError(
            f"{token!r} is no pinyin", remedy="write it as in nǐ hǎo or ni3 hao3", metadata={"word": token}
        )
    syllables: list[Syllable] = []
    for match in found:
        letters, digit = match.group("letters"), match.group("digit")
        written = (marks[at] for at in range(match.start(), match.end()) if at in marks)
        tone = _TONE_DIGITS[digit] if digit else next(written, _LIGHT_TONE)
        (syllable,) = syllabified(tokens(transcribed(letters, language)), language)
        syllables.append(replace(syllable, tone=tone))
    return Word(tuple(syllables), token)
