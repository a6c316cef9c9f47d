"""What can be done about a problem: the near name that was meant, a comment that is not needed, one that allows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from bpodsl.lsp.desk import Agreement, Page
from bpodsl.lsp.diagnostics import diagnostic
from bpodsl.lsp.shelf import Shelf
from bpodsl.text import Problem, Severity, Span


def actions(
    agreements: Iterable[Agreement], page: Page, wanted: types.Range, shelf: Shelf
) -> list[types.CodeAction]:
    """What can be done about the problems that touch a stretch of a page."""
    found: dict[str, types.CodeAction] = {}
    for agreement in agreements:
        own = agreement.pages.get(page.path)
        for problem in agreement.problems_in(own) if own is not None else ():
            shown = diagnostic(agreement, problem, shelf)
            if shown.range.start.line <= wanted.end.line and wanted.start.line <= shown.range.end.line:
                for action in _for(agreement, page, problem, shown, shelf):
                    found.setdefault(f"{shown.code} {shown.range.start} {action.title}", action)
    return list(found.values())


def _for(
    agreement: Agreement, page: Page, problem: Problem, shown: types.Diagnostic, shelf: Shelf
) -> Iterator[types.CodeAction]:
    placed = None if problem.span is None else agreement.place(problem.span)
    if placed is None or problem.span is None or problem.span.source.used_at is not None:
        return
    _, start, end = placed
    near = getattr(problem, "near", None)
    edits = [(each.span, each.text) for each in getattr(problem, "edits", tuple)()]
    if edits:
        mended = [(each.start, each.end, text) for each, text in edits if agreement.page_of(each) is placed[0]]
        if len(mended) == len(edits):
            yield _action(page, shelf, _told(edits), shown, mended, preferred=True)
    elif isinstance(near, str) and near:
        written = page.source.text[start:end]
        instead = f'"{near}"' if written.startswith('"') else near
        yield _action(page, shelf, f"Change to `{near}`", shown, [(start, end, instead)], preferred=True)
    if problem.severity is not Severity.ERROR and not problem.code.startswith("BPO22"):
        # The reason is the author's to write: until then the comment allows nothing, and says so.
        at = page.source.offset(page.source.place(start)[0], 1)
        text = page.source.text
        indent = text[at : at + len(text[at:]) - len(text[at:].lstrip(" \t"))]
        title = f"Allow {problem.code} here, for a reason to be given"
        yield _action(page, shelf, title, shown, [(at, at, f"{indent}# allow {problem.code}: \n")])


def _told(edits: list[tuple[Span, str]]) -> str:
    """What mending does, in few words."""
    if len(edits) > 1:
        return "Mend this"
    text = " ".join(edits[0][1].split())
    if text:
        return f"Change to `{text[:40]}`"
    return "Delete this comment" if edits[0][0].text.lstrip().startswith("#") else "Delete this"


def _action(
    page: Page,
    shelf: Shelf,
    title: str,
    shown: types.Diagnostic,
    edits: list[tuple[int, int, str]],
    preferred: bool = False,
) -> types.CodeAction:
    changes = [types.TextEdit(page.lines.range(start, end), new) for start, end, new in edits]
    return types.CodeAction(
        title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[shown],
        is_preferred=preferred or None,
        edit=types.WorkspaceEdit(changes={shelf.uri(page.path): changes}),
    )
