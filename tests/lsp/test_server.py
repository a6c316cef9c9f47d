"""The server as an editor meets it."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys

import pytest
from click.testing import CliRunner

pytest.importorskip("pygls")

from lsprotocol import types

from bpodsl.cli.main import bpodsl
from tests.conftest import ROOT
from tests.lsp.talk import LONG, converse, cut, place

CARE = ROOT / "examples" / "customer_care" / "customer_care.bpo"
CLAIMS = ROOT / "examples" / "claims_administration"


def document(uri):
    return types.TextDocumentIdentifier(uri)


def test_a_broken_text_is_judged_while_it_is_typed_and_forgiven_when_it_is_mended():
    text = CARE.read_text(encoding="utf-8")
    broken = text.replace("hours of support", "hours off support").replace("meridian must", "meridan must", 1)
    uri = CARE.as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        assert await talk.problems(uri) == []
        talk.type(uri, broken)
        found = await talk.problems(uri, bool)
        # What follows from a line that was lost is not said too.
        assert {"off", "meridan"} <= {cut(broken, each.range) for each in found}
        assert {each.source for each in found} == {"bpodsl"}
        talk.type(uri, text)
        assert await talk.problems(uri, lambda found: not found) == []

    converse(conversation)


def test_places_count_units_of_utf_16_and_what_else_is_agreed():
    text = 'agreement a "😀 😀"\n  client x "😀" nonsense\n'
    uri = "untitled:Untitled-1"

    async def conversation(talk):
        talk.open(uri, text)
        found = await talk.problems(uri, bool)
        return next(each.range for each in found if each.range.start.line == 1)

    assert converse(conversation).start.character == len('  client x "😀" ') + 1
    assert cut(text, converse(conversation)) == "nonsense"
    assert converse(conversation, encodings=["utf-32"]).start.character == len('  client x "😀" ')
    assert converse(conversation, encodings=["utf-8"]).start.character == len('  client x "😀" '.encode())


def test_a_name_is_followed_over_all_files_of_its_agreement(tmp_path):
    folder = tmp_path / "claims"
    shutil.copytree(CLAIMS, folder)
    first, other = folder / "claims_administration.bpo", folder / "reporting.bpo"
    text, used = first.read_text(encoding="utf-8"), other.read_text(encoding="utf-8")
    uri = first.as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        assert await talk.problems(uri) == []
        at = types.TextDocumentPositionParams(document(uri), place(text, "claim_notified", into=3))
        declared = await talk.ask("text_document_definition", types.DefinitionParams(at.text_document, at.position))
        assert [(each.uri, cut(used, each.range)) for each in declared] == [(other.as_uri(), "claim_notified")]
        context = types.ReferenceContext(include_declaration=True)
        places = await talk.ask(
            "text_document_references", types.ReferenceParams(context, at.text_document, at.position)
        )
        assert {each.uri for each in places} == {path.as_uri() for path in folder.glob("*.bpo")}
        assert {cut(used, each.range) for each in places if each.uri == other.as_uri()} == {"claim_notified"}
        said = await talk.ask("text_document_hover", types.HoverParams(at.text_document, at.position))
        assert "**event** `claim_notified`" in said.contents.value
        edit = await talk.ask(
            "text_document_rename", types.RenameParams(at.text_document, at.position, "claim_reported")
        )
        assert set(edit.changes) == {each.uri for each in places}
        assert sum(map(len, edit.changes.values())) == len(places)
        with pytest.raises(Exception, match="already"):
            await talk.ask("text_document_rename", types.RenameParams(at.text_document, at.position, "claim_decided"))
        with pytest.raises(Exception, match="no name"):
            await talk.ask("text_document_rename", types.RenameParams(at.text_document, at.position, "claim reported"))
        # A mistake in a used file is said in that file, of the agreement as a whole.
        talk.open(other.as_uri(), used.replace("event claim_notified", "event claim_notifid"))
        assert any("claim_notified" in each.message for each in await talk.problems(uri, bool))

    converse(conversation, folder)


def test_what_is_in_a_file_is_outlined_searched_folded_and_coloured():
    text = CARE.read_text(encoding="utf-8")
    uri = CARE.as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        outline = await talk.ask("text_document_document_symbol", types.DocumentSymbolParams(document(uri)))
        names = [each.name for each in outline]
        assert {"customer_care", "restore_p1", "monthly_cap"} <= set(names)
        assert [each.name for each in outline[0].children] == ["northwind", "meridian"]
        assert all(cut(text, each.selection_range).strip('"') == each.name for each in outline if each.name != "assume")
        found = await talk.ask("workspace_symbol", types.WorkspaceSymbolParams("rstrp1"))
        assert "restore_p1" in [each.name for each in found]
        folds = await talk.ask("text_document_folding_range", types.FoldingRangeParams(document(uri)))
        assert len(folds) > 20
        colours = await talk.ask(
            "text_document_semantic_tokens_full", types.SemanticTokensParams(document(uri))
        )
        assert len(colours.data) % 5 == 0 and len(colours.data) > 2000
        edits = await talk.ask(
            "text_document_formatting",
            types.DocumentFormattingParams(document(uri), types.FormattingOptions(2, True)),
        )
        assert edits == []
        talk.type(uri, text.replace("within 4 hours", "within  4  hours"))
        edits = await talk.ask(
            "text_document_formatting",
            types.DocumentFormattingParams(document(uri), types.FormattingOptions(2, True)),
        )
        assert [each.new_text for each in edits] == [text]

    converse(conversation, ROOT / "examples")


def test_near_names_are_offered_and_comments_written_and_taken_away():
    base = CARE.read_text(encoding="utf-8")
    text = base.replace("hours of support", "hours of suport", 1) + (
        "\ncalendar nights\n  mon-fri  20:00-24:00\n"
        "\ncalendar late  # allow BPO205: kept\n  mon-fri  20:00-24:00\n"
        "\nassume \"x\" because \"y\"  # allow BPO205: old\n"
    )
    uri = CARE.as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        found = await talk.problems(uri, bool)

        async def fixed(code):
            problem = next(each for each in found if each.code == code)
            params = types.CodeActionParams(document(uri), problem.range, types.CodeActionContext([problem]))
            offered = await talk.ask("text_document_code_action", params)
            return {each.title: [e.new_text for e in each.edit.changes[uri]] for each in offered}

        assert await fixed("BPO202") == {"Change to `support`": ["support"]}
        talk.type(uri, text.replace("suport", "support"))
        found = await talk.problems(uri, lambda found: {each.code for each in found} == {"BPO205", "BPO222"})
        assert list((await fixed("BPO205")).values()) == [["# allow BPO205: \n"]]
        assert await fixed("BPO222") == {"Delete this comment": [""]}

    converse(conversation)


def test_words_and_names_are_offered_hints_stand_beside_the_text_and_tests_are_tried():
    base = CARE.read_text(encoding="utf-8")
    text = base + '\ntest "a wrong one"\n  until 2026-05-13T00:00\n  expect monthly_report for 2026-04 fulfilled\n'
    uri = CARE.as_uri()
    whole = types.Range(types.Position(0, 0), types.Position(999, 0))

    async def conversation(talk):
        talk.open(uri, text)
        assert await talk.problems(uri) == []
        at = place(text, "meridian must ", into=len("meridian must "))
        offered = await talk.ask("text_document_completion", types.CompletionParams(document(uri), at))
        assert "ticket_resolved" in [each.label for each in offered.items]

        hints = await talk.ask("text_document_inlay_hint", types.InlayHintParams(document(uri), whole))
        labels = [each.label for each in hints]
        assert "to 2029-03-31" in labels and "rounded half up to 0.01 GBP" in labels
        async with asyncio.timeout(LONG):
            while "hint" not in talk.refreshed:
                await asyncio.sleep(0.05)
        hints = await talk.ask("text_document_inlay_hint", types.InlayHintParams(document(uri), whole))
        assert "first due 2026-05-08, then 2026-06-05" in [each.label for each in hints]

        lenses = await talk.ask("text_document_code_lens", types.CodeLensParams(document(uri)))
        assert len(lenses) == text.count("\ntest ")
        resolved = [await talk.ask("code_lens_resolve", lens) for lens in lenses]
        assert [each.command.title for each in resolved] == ["✓ passed"] * (len(lenses) - 1) + [
            "✗ failed: 1 of 1 expectations"
        ]
        # The expectation that failed is now a problem of the text, until the text is another.
        found = await talk.problems(uri, bool)
        assert [cut(text, each.range) for each in found] == ["expect monthly_report for 2026-04 fulfilled"]
        command = resolved[-1].command
        said = await talk.ask(
            "workspace_execute_command", types.ExecuteCommandParams(command.command, command.arguments)
        )
        assert said["passed"] is False and len(said["failures"]) == 1
        talk.type(uri, base)
        assert await talk.problems(uri, lambda found: not found) == []

    converse(conversation)


def test_without_its_libraries_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygls", None)
    for name in [name for name in sys.modules if name.startswith(("bpodsl.lsp", "pygls."))]:
        monkeypatch.delitem(sys.modules, name)
    result = CliRunner().invoke(bpodsl, ["lsp"])
    assert result.exit_code == 1
    assert "pip install 'bpodsl[lsp]'" in result.output


def test_what_other_programs_write_and_what_the_project_says_counts(tmp_path):
    path = tmp_path / "care.bpo"
    text = CARE.read_text(encoding="utf-8") + '\nuse "more.bpo"\n\ncalendar nights\n  mon-fri  20:00-24:00\n'
    uri = path.as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        found = await talk.problems(uri, bool)
        # The file that is not there may use the calendar: only once it is read is that known.
        assert [cut(text, each.range) for each in found] == ['"more.bpo"']

        def written(name, words):
            (tmp_path / name).write_text(words, encoding="utf-8")
            event = types.FileEvent((tmp_path / name).as_uri(), types.FileChangeType.Created)
            talk.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

        written("more.bpo", "calendar days\n  mon-fri  08:00-20:00\n")
        await talk.problems(uri, lambda found: [each.code for each in found] == ["BPO205"])
        written("bpodsl.toml", 'ignore = ["BPO205"]\n')
        assert await talk.problems(uri, lambda found: not found) == []
        written("bpodsl.toml", "ignore = 5\n")
        found = await talk.problems(uri, bool)
        assert {each.code for each in found} == {None, "BPO205"} and "bpodsl.toml" in found[0].message
        assert "**/*.bpo" in str(talk.watched)

    converse(conversation, tmp_path)


def test_what_the_project_asks_of_check_is_asked_in_the_editor(tmp_path):
    text = CARE.read_text(encoding="utf-8")
    path = tmp_path / "care.bpo"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "bpodsl.toml").write_text('cliff = "100 GBP"\nignore = ["BPO9"]\n')
    checked = CliRunner().invoke(bpodsl, ["check", str(path), "--format", "json"])
    asked = sorted((each["code"], each["start"]["line"]) for each in json.loads(checked.stdout)["problems"])
    assert {code for code, _ in asked} == {"BPO409"}
    old = "# allow BPO205: until then, until 2020-01-31"
    calendar = f"\ncalendar nights  {old}\n  mon-fri  20:00-24:00\n"
    idle = '\ntest "idle"\n  2026-05-13T00:00  ticket_resolved  ticket T9\n  until 2026-06-01\n'

    async def conversation(talk):
        talk.open(path.as_uri(), text)
        found = await talk.problems(path.as_uri())
        assert sorted((each.code, each.range.start.line + 1) for each in found) == asked
        talk.type(path.as_uri(), text + calendar + idle)
        found = await talk.problems(path.as_uri(), lambda found: len(found) > len(asked))
        assert {each.code for each in found} == {"BPO409", "BPO205", "BPO223"}
        lenses = await talk.ask("text_document_code_lens", types.CodeLensParams(document(path.as_uri())))
        resolved = await talk.ask("code_lens_resolve", lenses[-1])
        assert resolved.command.title == "✓ passed"
        # The note on the test does not count here.
        assert {each.code for each in talk.found[path.as_uri()]} == {"BPO409", "BPO205", "BPO223"}

    converse(conversation, tmp_path)
