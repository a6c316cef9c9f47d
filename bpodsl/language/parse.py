"""Reading a file. It never fails: what cannot be read becomes a problem, and the rest is read.

Each clause is read by itself, line by line. A line that cannot be read is left out with its problem and
its clause goes on without it; a clause whose head cannot be read is left out, though its lines are still
looked at. All places are places of the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from bpodsl.language import ast, limits
from bpodsl.language.expected import expected, nearest, words_of
from bpodsl.language.grammar import CLAUSES, END, STARTS, tables
from bpodsl.language.layout import FLAT, HEAD, LINE, ROW, SUB, Block, Piece, lay_out
from bpodsl.language.machine import Machine, Stand
from bpodsl.language.paper_words import (
    DUTIES,
    ELSEWHERE,
    JOINTS,
    NOT_THERE,
    head,
    lines_read_like,
    other_day,
    same,
    window,
)
from bpodsl.language.problems_characters import FileTooLarge, InvalidCharacter, TooDeep
from bpodsl.language.problems_syntax import EndsEarly, TooMany, Unexpected, UnknownClause
from bpodsl.language.scan import Scanner, Token, Unreadable, may_be_name
from bpodsl.lean import define, field
from bpodsl.text import Problem, Source, Span
from bpodsl.text.edits import alone

RETRIES: Final = 4
DEEP_TEXT: Final = 2 * limits.TREE_DEPTH
"""A shorter text cannot make too deep a tree."""

_MODEL_HEADS: Final[Mapping[str, str]] = {
    "event": "event x from y", "notice": "notice x from y", "test": 'test "x"', "list": "list x by y",
    "change": "change x effective 2026-01-01", "assignment": "assignment x of y to z from 2026-01-01",
    "novation": "novation x of y to z from 2026-01-01", "definition": "definition x means 1",
}  # fmt: skip
"""A sound head for each word, to look at the lines of a clause whose head is not."""

_BEHIND_COMMA: Final = {"_COMMA_COUNTED": "counted", "_COMMA_OR": "or", "_COMMA_AND": "and", "_COMMA_AS_IF": "as"}
"""The first words of what is read as one with the comma before it."""
_NAMES: Final = re.compile(r"[a-z][a-z0-9_]*")
_ENDS: Final = (END, LINE, SUB, ROW)


def parse(source: Source) -> tuple[ast.File, tuple[Problem, ...]]:
    """Read a file: the tree as written, and all problems in order of their places."""
    whole = Span(source, 0, len(source.text))
    if limits.size_of(source) > limits.FILE_BYTES:
        return ast.File(whole), (FileTooLarge(Span(source, 0, 0), limit=limits.FILE_BYTES),)
    layout = lay_out(source)
    problems = [*limits.unseen_characters(source), *limits.uncomposed_lines(source), *layout.problems]
    reader = _Reader(source, Scanner(source), problems)
    blocks = list(layout.blocks)
    while blocks:
        block = blocks.pop(0)
        if block.word == "template":
            count = reader.pattern(block, blocks)
            del blocks[:count]
        else:
            reader.read(block)
    file = ast.File(
        whole, tuple(reader.clauses), layout.comments, broken=tuple(reader.broken), damaged=tuple(reader.damaged),
        uses=tuple(reader.uses), patterns=tuple(reader.patterns),
    )  # fmt: skip
    return file, tuple(sorted(reader.problems, key=lambda problem: (_start(problem), problem.code)))


def _model(word: str, source: Source) -> Machine | None:
    """A machine that has read a sound head of such a clause."""
    if word in FLAT:
        return None
    machine = Machine(source, STARTS[word])
    head = Source("", _MODEL_HEADS.get(word, f"{word} x"))
    scanner, at = Scanner(head), 0
    while at < len(head.text):
        token = scanner.token(at, len(head.text), machine.states[-1], {})
        machine.feed(token.terminal, (token.start, token.end, token.value))
        at = scanner.skip(token.end, len(head.text))
    return machine


@cache
def line_words(word: str) -> tuple[str, ...]:
    """The words with which a line of such a clause can begin."""
    machine = _model(word, Source("", ""))
    settled = None if machine is None else machine.settle(LINE)
    if machine is None or settled is None:
        return ()
    machine.states.append(settled)
    machine.items.append((0, 0, None))
    return tuple(words_of(machine.accepted()))


def _start(problem: Problem) -> int:
    return 0 if problem.span is None else problem.span.start


@define
class _Failure:
    """Where a line could not go on: the token that did not fit, or None at its end; and all tokens up to there."""

    token: Token | None
    at: int
    accepted: frozenset[str]
    read: list[tuple[Token, int]]


@define
class _Reader:
    source: Source
    scanner: Scanner
    problems: list[Problem]
    clauses: list[ast.Clause] = field(factory=list)
    broken: list[ast.Broken] = field(factory=list)
    damaged: list[Span] = field(factory=list)
    uses: list[ast.UseFile | ast.UseTemplate] = field(factory=list)
    patterns: list[ast.Pattern] = field(factory=list)
    stopped: bool = False
    clause: str = ""

    # -------------------------------------------------------------------------------- clauses
    def read(self, block: Block) -> None:
        """Read one clause."""
        span = Span(self.source, block.head.start, block.pieces[-1].end)
        if self._full(block.head) or block.word not in STARTS:
            if not self.stopped:
                self._unknown(block)
            self.broken.append(self._broken(block, span))
            return
        self.clause = block.word
        machine = Machine(self.source, STARTS[block.word])
        problem = self._line(machine, block.head)
        if problem is not None:
            self._report(problem)
            self.broken.append(self._broken(block, span))
            model = _model(block.word, self.source)
            if model is not None:
                self._lines(model, block)
            return
        whole = self._lines(machine, block)
        clause = machine.finish()
        if clause is None:
            # Only a line that never found its rows is left: its problem has been said.
            self.broken.append(self._broken(block, span))
            return
        self._keep(clause, block, whole)

    def pattern(self, head: Block, following: list[Block]) -> int:
        """Read a template: its head, and where its body lies. How many of the blocks that follow belong to it."""
        before = len(self.clauses)
        self.read(head)
        read = [clause for clause in self.clauses[before:] if isinstance(clause, ast.Template)]
        del self.clauses[before:]
        start = head.pieces[-1].end
        for count, block in enumerate(following):
            words = self.source.text[block.head.start : block.head.end].split()
            if words[:2] != ["end", "of"]:
                continue
            for template in read:
                if words[2:] != [template.name.text]:
                    break
                body = Span(self.source, start, block.head.start)
                self.patterns.append(ast.Pattern(Span(self.source, head.head.start, block.head.end), template, body))
            else:
                return count + 1
        at = head.head.end
        name = read[0].name.text if read else "NAME"
        expected_end = (f"a line `end of {name}` after its clauses",)
        self.problems.append(EndsEarly(Span(self.source, at, at), expected=expected_end))
        self.broken.append(self._broken(head, Span(self.source, head.head.start, at)))
        return len(following)

    def _full(self, piece: Piece) -> bool:
        """Whether there are so many problems that reading has stopped."""
        if not self.stopped and len(self.problems) >= limits.PROBLEMS:
            self.stopped = True
            self.problems.append(TooMany(Span(self.source, piece.start, self._line_end(piece)), limit=limits.PROBLEMS))
        return self.stopped

    def _keep(self, clause: Any, block: Block, whole: bool) -> None:
        if block.pieces[-1].end - block.head.start > DEEP_TEXT:
            deep = limits.too_deep(clause)
            while deep is not None:
                place = deep
                self.problems.append(TooDeep(deep.span, limit=limits.TREE_DEPTH))
                lines = getattr(clause, "lines", ())
                kept = tuple(line for line in lines if limits.too_deep(line) is None)
                whole = False
                if block.word in FLAT or len(kept) == len(lines):
                    self.broken.append(self._broken(block, place.span))
                    return
                clause = ast.changed(clause, lines=kept)
                deep = limits.too_deep(clause)
        self.problems.extend(limits.upper_case_names(clause))
        if isinstance(clause, ast.UseFile | ast.UseTemplate):
            self.uses.append(clause)
        else:
            self.clauses.append(clause)
        if not whole:
            self.damaged.append(clause.span)

    def _broken(self, block: Block, span: Span) -> ast.Broken:
        """What was lost, with the names that its head seems to declare."""
        head = self.source.text[block.head.start : block.head.end].split('"')[0].split("[")[0]
        words = _NAMES.findall(head)
        if words and words[0] == block.word:
            words = words[1:]
        if block.word in ("event", "notice") and "from" in words:
            words = words[: words.index("from")]
        elif block.word not in ("event", "notice"):
            words = words[:1]
        return ast.Broken(span, block.word, tuple(words))

    def _unknown(self, block: Block) -> None:
        start = block.head.start
        word = block.word or self.source.text[start]
        if not block.word and limits.is_unseen(word):
            return
        near = (nearest(block.word, CLAUSES) or head(block.word, CLAUSES)) if block.word else None
        span = Span(self.source, start, start + len(word))
        seen = f"`{word[:40]}`" if word.isprintable() else "This character"
        self.problems.append(UnknownClause(span, seen=seen, near=near, only=alone(word, near, CLAUSES)))

    # -------------------------------------------------------------------------------- lines
    def _lines(self, machine: Machine, block: Block) -> bool:
        """Read all lines of a block into the machine; whether all of them could be read."""
        whole = True
        line_stand, orphan = machine.stand(), False
        for piece in block.pieces[1:]:
            if self._full(piece):
                return False
            mark: tuple[int, int, Any] = (piece.start, piece.start, None)
            if piece.mark == ROW:
                mark = (piece.start, piece.start + 1, None)
            settled = machine.settle(piece.mark)
            if settled is None and piece.mark == LINE:
                # The line above never got the rows it needs.
                if not orphan:
                    at = self._previous_end(block, piece)
                    self.problems.append(EndsEarly(Span(self.source, at, at), expected=expected(machine.accepted())))
                whole = False
                machine.back_to(line_stand)
                settled = machine.settle(piece.mark)
            if settled is None:
                # A row or a line below, where none belongs. If its line was lost, that has been said.
                if not orphan:
                    self.problems.append(self._out_of_place(machine, piece))
                whole, orphan = False, True
                continue
            stand = machine.stand()
            if piece.mark == LINE:
                line_stand, orphan = stand, False
            machine.states.append(settled)
            machine.items.append(mark)
            problem = self._line(machine, piece)
            if problem is not None:
                self._report(problem)
                whole, orphan = False, True
                machine.back_to(stand)
        return self._last_line(machine, block, line_stand, orphan) and whole

    def _last_line(self, machine: Machine, block: Block, line_stand: Stand, orphan: bool) -> bool:
        """A table without rows at the very end is found only here."""
        if machine.takes(END):
            return True
        if not orphan:
            at = block.pieces[-1].end
            self.problems.append(EndsEarly(Span(self.source, at, at), expected=expected(machine.accepted())))
        machine.back_to(line_stand)
        return False

    def _report(self, problem: Problem) -> None:
        """Say it, unless the characters have been spoken of already."""
        if isinstance(problem, InvalidCharacter) and limits.is_unseen(problem.character):
            return
        self.problems.append(problem)

    def _previous_end(self, block: Block, piece: Piece) -> int:
        return block.pieces[block.pieces.index(piece) - 1].end

    def _out_of_place(self, machine: Machine, piece: Piece) -> Problem:
        seen = "A row of a table" if piece.mark == ROW else "A line indented below this one"
        span = Span(self.source, piece.start, self._line_end(piece))
        return Unexpected(span, seen=seen, expected=expected(machine.accepted()))

    def _line_end(self, piece: Piece) -> int:
        stop = self.source.text.find("\n", piece.start, piece.end)
        return piece.end if stop < 0 else stop

    def _line(self, machine: Machine, piece: Piece) -> Problem | None:
        """Read one line into the machine; what is wrong with it, if anything."""
        stand = machine.stand()
        try:
            failure = self._run(machine, piece, {})
            if failure is None:
                return None
            if self._softened(machine, piece, stand, failure):
                return None
            return self._explain(machine, piece, stand, failure)
        except Unreadable as unreadable:
            return unreadable.problem

    def _run(self, machine: Machine, piece: Piece, forced: Mapping[int, str]) -> _Failure | None:
        """Feed the tokens of a line."""
        scanner, end = self.scanner, piece.end
        at = scanner.skip(piece.start + (piece.mark == ROW), end)
        read: list[tuple[Token, int]] = []
        depth = 0
        stand = machine.stand()
        while at < end:
            state = machine.states[-1]
            token = scanner.token(at, end, state, forced)
            if token.terminal == "LPAR":
                depth += 1
                if depth > limits.NESTING:
                    raise Unreadable(TooDeep(Span(self.source, at, token.end), limit=limits.NESTING))
            elif token.terminal == "RPAR":
                depth -= 1
            if not machine.feed(token.terminal, (token.start, token.end, token.value)):
                return _Failure(token, at, self._accepted(machine, stand, read), [*read, (token, state)])
            read.append((token, state))
            at = scanner.skip(token.end, end)
        if not any(machine.takes(mark) for mark in _ENDS):
            return _Failure(None, end, machine.accepted(), read)
        return None

    def _accepted(self, machine: Machine, stand: Stand, read: Iterable[tuple[Token, int]]) -> frozenset[str]:
        """What would have fitted. The token that did not has already ended what stood before it: so once again."""
        machine.back_to(stand)
        for token, _ in read:
            machine.feed(token.terminal, (token.start, token.end, token.value))
        return machine.accepted()

    def _softened(self, machine: Machine, piece: Piece, stand: Stand, failure: _Failure) -> bool:
        """Whether the line can be read if some words of the language in it are names: each lets it be read further."""
        forced: dict[int, str] = {}
        for _ in range(RETRIES):
            soft = [token for token, _ in reversed(failure.read) if token.soft]
            for token in soft[:RETRIES]:
                machine.back_to(stand)
                further = self._run(machine, piece, forced | {token.start: "NAME"})
                if further is None:
                    return True
                if further.at > failure.at:
                    forced[token.start], failure = "NAME", further
                    break
            else:
                return False
        return False

    # -------------------------------------------------------------------------------- explanations
    def _explain(self, machine: Machine, piece: Piece, stand: Stand, failure: _Failure) -> Problem:
        """The problem of a line: what was seen, what was expected, and a near word if there is one."""
        said_otherwise = self._window(piece, failure) or self._after_comma(failure)
        if said_otherwise is not None:
            return said_otherwise
        slip = self._slip(machine, piece, stand, failure)
        if slip is not None:
            token, near = slip
            span = Span(self.source, token.start, token.end)
            only = alone(span.text, near, tables().keywords)
            return Unexpected(span, seen=f"`{span.text[:40]}`", expected=(f"`{near}`",), near=near, only=only)
        wanted = expected(failure.accepted)
        if failure.token is None:
            at = failure.at
            return EndsEarly(Span(self.source, at, at), expected=wanted, advice=self._unclosed(failure))
        token = failure.token
        span = Span(self.source, token.start, token.end)
        words = words_of(failure.accepted) if span.text.isalpha() else []
        closest = nearest(span.text, words)
        only = alone(span.text, closest, words)
        closest = closest or same(span.text, words)
        seen = f"`{span.text[:40]}`" if token.terminal != "STRING" else "This text in quotes"
        advice = self._advice(piece, failure, token)
        return Unexpected(span, seen=seen, expected=wanted, near=closest, advice=advice, only=only)

    def _slip(self, machine: Machine, piece: Piece, stand: Stand, failure: _Failure) -> tuple[Token, str] | None:
        """An earlier word that was taken for a name, but is nearly a word with which the line goes further."""
        earlier = failure.read if failure.token is None else failure.read[:-1]
        keywords = tables().keywords
        names = [(token, state) for token, state in earlier if token.terminal == "NAME"]
        for token, state in names if len(names) <= RETRIES else [*names[:2], *names[-2:]]:
            row = tables().states[state]
            word = self.source.text[token.start : token.end]
            there = [text for text, name in keywords.items() if name in row]
            # What follows a condition has its own advice.
            near = nearest(word, there) or (same(word, there) if word != "if" else None)
            if near is None:
                continue
            machine.back_to(stand)
            try:
                further = self._run(machine, piece, {token.start: keywords[near]})
            except Unreadable:
                continue
            if further is None or further.at > failure.at:
                return token, near
        return None

    def _window(self, piece: Piece, failure: _Failure) -> Problem | None:
        """A line that begins with a word of paper for a window."""
        first = failure.read[0][0] if 0 < len(failure.read) < 3 else None
        if first is None or first.terminal != "NAME" or first.start != piece.start:
            return None
        span = Span(self.source, first.start, first.end)
        said = window(span.text)
        return None if said is None else Unexpected(span, f"`{span.text}`", ("a window (`each month`)",), near=said)

    def _after_comma(self, failure: _Failure) -> Problem | None:
        """A word behind a comma that is nearly one with which the line goes on there."""
        text, token = self.source.text, failure.token
        found = None if token is None or text[token.start : token.end] != "," else _NAMES.match(text, token.end + 1)
        if found is None:
            return None
        near = nearest(found[0], [word for name, word in _BEHIND_COMMA.items() if name in failure.accepted])
        if near is None:
            return None
        span = Span(self.source, found.start(), found.end())
        return Unexpected(span, seen=f"`{span.text[:40]}`", expected=(f"`{near}`",), near=near)

    def _unclosed(self, failure: _Failure) -> str | None:
        """What to do with a formula that stands for a day and would have to be set off."""
        words = [self.source.text[token.start : token.end] for token, _ in failure.read]
        if words[:1] == ["by"] and len(words) > 2 and "BEFORE" in failure.accepted:
            return f"A day that is reckoned or looked up stands in parentheses: `by ({' '.join(words[1:])})`."
        return None

    def _advice(self, piece: Piece, failure: _Failure, token: Token) -> str | None:
        """One next step, where the place itself suggests one."""
        text = self.source.text
        word = text[token.start : token.end]
        before = failure.read[-2][0] if len(failure.read) > 1 else None
        if [text[each.start : each.end] for each, _ in failure.read[-3:-1]] == ["when", "the"]:
            return "After `when` the name of a field stands here, without `the`; or `the instant`, that of the notice."
        if word in JOINTS and token.start == piece.start:
            return f"If `{word}` goes on the line above, indent it deeper than that line."
        if word == "the" and "NAME" in failure.accepted:
            when = before is not None and text[before.start : before.end] == "when"
            return f"{'After `when` the name of a field' if when else 'A name'} stands here, without `the`."
        if word == "the":
            return "It is said without `the`."
        if word in ("is", "are") and "FULFILLED" in failure.accepted:
            return f"It is said without `{word}`."
        if word in ("over", "above", "beyond") and "UP" in failure.accepted:
            return "Each row says up to where it goes (`up to 2 000`); what is above the last one is `the rest`."
        if word.isalpha() and "NAME" in failure.accepted and not may_be_name(word):
            return f"`{word}` joins other words, so it cannot be a name; choose another."
        line = text.rfind("\n", 0, token.start) + 1
        if line > piece.start and not text[line : token.start].strip(" \t"):
            return "This line is indented deeper than the one above, so it continues that one. Should it begin a line?"
        if piece.mark == LINE and before is not None and len(failure.read) == 2 and before.value is not None:
            first = text[before.start : before.end]
            if first.lower() in ELSEWHERE:
                return ELSEWHERE[first.lower()]
            if word in DUTIES:
                return "What a party has to do is said with `must`, what it may not do with `must not`."
        if word == "of" and before is not None and text[before.start : before.end] == ")":
            return "What is reckoned is multiplied: write `*` for `of`, as in `(if … then 25% else 5%) * fee`."
        if word in NOT_THERE:
            return NOT_THERE[word]
        if token.terminal == "NUMBER" and failure.accepted & {"DAY", "INSTANT"}:
            written = other_day(text[token.start : piece.end])
            if written is not None:
                at = "" if "DAY" in failure.accepted else "T09:00"
                return f"Days are written year-month-day: `{written}{at}`."
        if token.terminal == "NUMBER" and "TIME" in failure.accepted:
            return "Times are written with hours and minutes: `09:00`."
        if token.terminal == "TIME" and "INSTANT" in failure.accepted:
            return f"Write the day as well: `2026-04-07T{word}`."
        if token.terminal == "DAY" and "INSTANT" in failure.accepted:
            return f"A day and a time are joined by T: `{word}T09:00`."
        if word == "where" and len(failure.read) > 2:
            joined, state = failure.read[-3]
            joint = text[joined.start : joined.end]
            if joint in ("or", "and") and f"_COMMA_{joint.upper()}" in tables().states[state]:
                return f"Between conditions a comma stands before `{joint}`: `… where …, {joint} … where …`."
        if word == "-" and before is not None and before.terminal == "NAME" and before.end == token.start:
            return "A name with a hyphen stands in quotes."
        if before is not None and before.terminal == token.terminal == "NUMBER":
            return "Digits are set off in groups of three: 18 000."
        if piece.mark != HEAD and word.lower() != word and word.isalpha() and word.lower() in tables().keywords:
            return f"Words of the language are written in lower case: `{word.lower()}`."
        return lines_read_like(self.clause) if piece.mark == LINE and len(failure.read) < 5 else None
