"""What is handed over can be checked: whatever is changed in a bundle, in whichever part, is found."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bpodsl.cli import exits
from bpodsl.proof import manifest, parts
from bpodsl.proof.bundling import bundle_store
from bpodsl.proof.findings import Standing
from bpodsl.proof.manifest import AsideOf, TextOf
from bpodsl.proof.troubles import ProofTrouble
from bpodsl.proof.verifying import verified
from bpodsl.record.chain import Chain
from bpodsl.record.refusals import LimitReached
from bpodsl.store.kept import Text, writing
from tests.conftest import ROOT
from tests.proof.forged import forged, put_together, summed, taken_apart, with_manifest
from tests.store.test_kept import CHANGE, LINES, broken, event, keep, lines_of_cases, write
from tests.test_cli import SMALL, WORLDS, ran

UNTIL = ("--until", "2026-02-01")


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.bpo").write_text(SMALL, encoding="utf-8")
    (tmp_path / "a.jsonl").write_text("".join(LINES), encoding="utf-8")
    return tmp_path


def keys(*names: str) -> None:
    """Pairs of keys as OpenSSL writes them: NAME.pem and NAME.pub."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    for name in names:
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        Path(f"{name}.pem").write_bytes(private)
        Path(f"{name}.pub").write_bytes(public)


def bundle(*arguments, code=exits.OK, **more):
    return ran("bundle", *arguments, code=code, **more)


def verify(*arguments, code=exits.OK):
    return ran("verify", *arguments, code=code)


def standings(path: str | Path, **more) -> dict[str, Standing]:
    return {each.what: each.standing for each in verified(Path(path), **more).every}


def small_bundle(*more: str) -> Path:
    """A bundle of few events."""
    write("few.jsonl", lines_of_cases(3))
    bundle("small.bpo", "few.jsonl", *UNTIL, "--out", "few.zip", *more)
    return Path("few.zip")


# ------------------------------------------------------------------------------------ what holds
def test_a_bundle_of_a_run_verifies_and_is_the_same_each_time(here):
    bundle("small.bpo", "a.jsonl", *UNTIL, "--out", "one.zip")
    bundle("small.bpo", "a.jsonl", *UNTIL, "--out", "two.zip")
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()
    said = verify("one.zip").stdout
    assert "It verifies." in said and said.count("recomputed: all 96 postings are the same, byte for byte") == 2
    found = taken_apart(Path("one.zip"))
    assert list(found) == ["bundle.json", "text/1/small.bpo", "events/0001", "ledger.jsonl", "SHA256SUMS"]
    assert found["ledger.jsonl"].decode() == ran("run", "small.bpo", "a.jsonl", *UNTIL, "--format", "jsonl").stdout
    assert found["events/0001"] == Path("a.jsonl").read_bytes()
    ran("run", "small.bpo", "a.jsonl", *UNTIL, "--out", "result")
    (told,) = json.loads(Path("result/result.json").read_text("utf-8"))["chain"]
    assert json.loads(found["bundle.json"])["worlds"] == [told]
    assert f"{told['postings']} postings: {told['head']}" in Path("result/summary.txt").read_text("utf-8")
    assert told["head"] in keep("a.jsonl", *UNTIL).stdout
    assert told["head"] in ran("ledger", "--store", "s.db", "--format", "text").stdout
    assert json.loads(ran("ledger", "--store", "s.db", "--format", "json").stdout)["chain"] == [told]


def test_standard_tools_can_check_the_digests(here):
    with parts.opened(small_bundle()) as found:
        for name in found.names:
            path = Path("unpacked") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(found.blocks(name)))
    done = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd="unpacked", capture_output=True)
    assert done.returncode == 0, done.stderr


def everything(publish: bool = True) -> None:
    """A store in which there is all that a bundle carries."""
    keys("desk")
    write("a.jsonl", [*broken(LINES, 4), "not json\n"])
    Path("a.jsonl.gz").write_bytes(gzip.compress(Path("a.jsonl").read_bytes()))
    first = ("--publish",) if publish else ()
    keep("a.jsonl.gz", "--until", "2026-01-20", *first, "--quarantine", "aside.jsonl", code=exits.EVENTS)
    if publish:
        ran("checkpoint", "s.db", "--key", "desk.pem")
    (aside, _) = map(json.loads, Path("aside.jsonl").read_text(encoding="utf-8").splitlines())
    write("aside.jsonl", [json.dumps(aside | {"raw": LINES[4].strip()})])
    ran("requeue", "aside.jsonl", "--store", "s.db", code=exits.EVENTS)
    text = SMALL + CHANGE.format(signed="2026-01-20")
    Path("small.bpo").write_text(text.replace('"Answer"', '"Answer in time"'), encoding="utf-8")
    later = [
        event(901, "asked", "2026-02-02T10:00:00Z", case="L"), event(902, "answered", "2026-02-02T11:30:00Z", case="L")
    ]  # fmt: skip
    write("b.jsonl", later[:1])
    keep("b.jsonl", "--until", "2026-02-20", *first, code=exits.EVENTS)
    write("b.jsonl", later)
    keep("b.jsonl", "-", "--until", "2026-03-01", code=exits.EVENTS, stdin="")
    if publish:
        ran("checkpoint", "s.db", "--key", "desk.pem")


def test_a_bundle_of_a_store_has_all_that_its_ledger_rests_on(here):
    everything()
    said = bundle("s.db", "--out", "s.zip", "--key", "desk.pem", code=exits.EVENTS).stderr
    assert "set aside: a.jsonl.gz:81" in said
    assert list(taken_apart(Path("s.zip")))[-3:] == ["checkpoints.jsonl", "SHA256SUMS", "signatures.jsonl"]
    assert taken_apart(Path("s.zip"))["ledger.jsonl"].decode() == ran("ledger", "--store", "s.db").stdout
    said = verify("s.zip", "--trust", "desk.pub").stdout
    assert said.count("does not hold") == 0 and said.count("not asked") == 0
    assert "in those of an earlier text" in said and said.count("stands; by ed25519:") == 2
    # The same of the store itself.
    assert "It verifies." in verify("s.db", "--trust", "desk.pub", "--agreement", "small").stdout
    bundle("s.db", "--out", "again.zip", "--key", "desk.pem", code=exits.EVENTS)
    assert Path("again.zip").read_bytes() == Path("s.zip").read_bytes()


def test_a_bundle_of_what_was_not_published(here):
    everything(publish=False)
    bundle("s.db", "--out", "s.zip", code=exits.EVENTS)
    found = standings("s.zip")
    assert found["published"] is found["checkpoints"] is found["signatures"] is Standing.UNASKED
    assert found["engine"] is found["reference"] is Standing.HOLDS


def test_a_bundle_of_several_worlds(here):
    Path("worlds.bpo").write_text(WORLDS, encoding="utf-8")
    given = [event(n, "asked", f"2026-01-05T1{n}:00:00Z", case="A", scenario="xyx"[n]) for n in range(3)]
    write("w.jsonl", given)
    bundle("worlds.bpo", "w.jsonl", "--out", "w.zip")
    told = json.loads(taken_apart(Path("w.zip"))["bundle.json"])["worlds"]
    assert [each["world"] for each in told] == ["x", "y"] and all(each["postings"] for each in told)
    assert "of world `y`" in verify("w.zip").stdout

    def swap(contents):
        lines = contents["ledger.jsonl"].splitlines(keepends=True)
        at = told[0]["postings"]
        contents["ledger.jsonl"] = b"".join([*lines[1:at], lines[0], *lines[at:]])

    assert standings(forged(Path("w.zip"), swap, Path("x.zip")))["engine"] is Standing.FAILS


def test_an_agreement_of_several_files_and_several_in_a_store(here):
    head, _, tail = SMALL.partition("\n\n")
    Path("parts").mkdir()
    Path("small.bpo").write_text(f'{head}\n\nuse "parts/part.bpo"\n', encoding="utf-8")
    Path("parts/part.bpo").write_text(tail, encoding="utf-8")
    keep("a.jsonl")
    Path("other.bpo").write_text(SMALL.replace("agreement small", "agreement other"), encoding="utf-8")
    ran("run", "other.bpo", "--store", "s.db", "--until", "2026-02-01")
    assert "STO113" in bundle("s.db", "--out", "s.zip", code=exits.USAGE).stderr
    for name in ("small", "other"):
        bundle("s.db", "--out", f"{name}.zip", "--agreement", name)
        verify(f"{name}.zip")
    assert "text/1/parts/part.bpo" in taken_apart(Path("small.zip"))


def test_no_events_and_no_postings(here):
    Path("none.jsonl").write_bytes(b"")
    bundle("small.bpo", "none.jsonl", "--until", "1999-01-01", "--out", "none.zip")
    said = verify("none.zip").stdout
    assert "there are no postings" in said and "all 0 postings are the same" in said


def test_the_example_verifies(here):
    care = ROOT / "examples" / "customer_care"
    bundle(care / "customer_care.bpo", care / "events.jsonl", "--until", "2026-10-14", "--out", "care.zip")
    said = verify("care.zip", "--no-reference").stdout
    assert "only the engine was asked" in said and "It verifies." in said
    told = json.loads(verify("care.zip", "--format", "json").stdout)
    assert told["verifies"] and {each["standing"] for each in told["findings"]} == {"holds", "not asked"}


# ------------------------------------------------------------------------------------ what is changed is found
def test_any_byte_that_is_flipped_is_found(here):
    keys("desk")
    path = small_bundle("--key", "desk.pem")
    whole, missed = path.read_bytes(), []
    assert verified(path).verifies
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        try:
            if verified(path, reference=False).verifies:
                missed.append(at)
        except (ProofTrouble, LimitReached):
            pass
    assert not missed


@pytest.mark.parametrize("name", ["bundle.json", "text/1/small.bpo", "events/0001", "ledger.jsonl", "SHA256SUMS"])
def test_a_part_that_is_flipped_is_named(here, name):
    path = small_bundle()
    contents = taken_apart(path)
    data = contents[name]
    # In the manifest, where it is still one.
    at = data.index(b"few.jsonl") if name == "bundle.json" else len(data) // 2
    contents[name] = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    put_together(path, contents)
    said = verify(path, code=exits.VERIFY).stdout
    assert name in said and "does not hold" in said and "It does not verify." in said


def test_truncated_anywhere_it_is_no_bundle(here):
    path = small_bundle()
    whole = path.read_bytes()
    for end in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:end])
        with pytest.raises(ProofTrouble, match="PRF101"):
            verified(path)
    path.write_bytes(whole + b"\0")
    assert "PRF101" in verify(path, code=exits.VERIFY).stderr


def first_line(change):
    def changed(contents):
        lines = contents["ledger.jsonl"].decode().splitlines(keepends=True)
        contents["ledger.jsonl"] = "".join(change(lines)).encode()

    return changed


FORGERIES = {
    "removed": first_line(lambda lines: lines[1:]),
    "truncated": first_line(lambda lines: lines[:-1]),
    "swapped": first_line(lambda lines: [lines[1], lines[0], *lines[2:]]),
    "doubled": first_line(lambda lines: [*lines, lines[-1]]),
    "reworded": first_line(lambda lines: [lines[0].replace('"says":"', '"says":"Not '), *lines[1:]]),
    "altered": first_line(lambda lines: [each.replace("Missed", "Fulfilled") for each in lines]),
    "no posting": first_line(lambda lines: ["[]\n", *lines[1:]]),
    "not json": first_line(lambda lines: ["{\n", *lines[1:]]),
    "deep": first_line(lambda lines: ["[" * 100_000 + "\n", *lines[1:]]),
    "a long line": first_line(lambda lines: [lines[0].replace('"says":"', '"says":"' + "x" * 70_000_000), *lines[1:]]),
    "short lines": first_line(lambda lines: ["{}\n"] * 100_000),
    "no line end": first_line(lambda lines: [*lines[:-1], lines[-1][:-1]]),
    "a field less": first_line(lambda lines: [lines[0].replace('"replaces":"",', ""), *lines[1:]]),
    "a field more": first_line(lambda lines: [lines[0].replace('"replaces"', '"x":"y","replaces"'), *lines[1:]]),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_ledger_changed_by_one_who_makes_all_digests_anew_is_found(here, how):
    path = forged(small_bundle(), FORGERIES[how], Path("forged.zip"))
    found = standings(path)
    assert found["form"] is found["digests"] is Standing.HOLDS
    assert Standing.FAILS in (found["engine"], found["chain"])
    verify(path, code=exits.VERIFY)


ASIDE = [AsideOf("few.jsonl", 1, "EVT101")]


def change_manifest(**changes):
    return lambda contents: with_manifest(contents, **changes)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"until": "2026-01-10T00:00:00Z"}, "engine"), ({"until": "soon"}, "manifest"),
        ({"agreement": "other"}, "lines"), ({"stands": 3}, "published"), ({"texts": []}, "digests"),
        ({"published": "2026-01-10T00:00:00Z"}, "published"), ({"sources": []}, "digests"),
        ({"published": "2026-02-01T00:00:00Z", "stands": 7}, "published"),
        ({"account": {"lines": 5}}, "lines"), ({"pins": {"tzdata": "1999a"}}, "lines"), ({"aside": ASIDE}, "lines"),
    ],
)  # fmt: skip
def test_a_manifest_that_says_otherwise_is_found(here, changes, what):
    found = verified(forged(small_bundle(), change_manifest(**changes), Path("forged.zip")))
    assert not found.verifies and what in {each.what for each in found.of(Standing.FAILS)}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"size": 3}, "is not what was read"), ({"lines": 9}, "is not what was read"),
        ({"digest": "0" * 64}, "is not what was read"), (None, "it cannot be put into a store"),
    ],
)  # fmt: skip
def test_a_source_that_is_not_what_is_told_of_it_is_found(here, change, what):
    def changed(contents):
        (source,) = manifest.read(contents[parts.MANIFEST]).sources
        if change is None:
            # Twice under one name.
            sources = [source, msgspec.structs.replace(source, part="events/0002")]
            ledger = contents.pop("ledger.jsonl")
            contents |= {"events/0002": contents["events/0001"], "ledger.jsonl": ledger}
        else:
            sources = [msgspec.structs.replace(source, **change)]
        with_manifest(contents, sources=sources)

    path = forged(small_bundle(), changed, Path("forged.zip"))
    told = [each.words for each in verified(path).of(Standing.FAILS)]
    assert any(what in words for words in told), told
    verify(path, code=exits.VERIFY)


def test_another_semantics_or_form_is_told_apart(here):
    path = small_bundle()
    said = verify(forged(path, change_manifest(semantics=0), Path("old.zip")), code=exits.VERSION).stdout
    assert "semantics 0" in said and "another version" in said

    def later(contents):
        contents["bundle.json"] = contents["bundle.json"].replace(b'"bundle": 1', b'"bundle": 2')

    contents = taken_apart(path)
    later(contents)
    assert "PRF102" in verify(put_together(path, summed(contents)), code=exits.VERSION).stderr


def test_what_another_version_posted_otherwise_is_told_apart(here):
    def change(contents):
        FORGERIES["altered"](contents)
        with_manifest(contents, program="bpodsl 0.0.9")

    said = verify(forged(small_bundle(), change, Path("old.zip")), code=exits.VERSION).stdout
    assert "came about by bpodsl 0.0.9" in said

    def reword(contents):
        FORGERIES["reworded"](contents)
        with_manifest(contents, program="bpodsl 0.0.9")

    said = verify(forged(small_bundle(), reword, Path("old.zip"))).stdout
    assert "1 but for words: in those of bpodsl 0.0.9" in said

    def unreadable(contents):
        contents["text/1/small.bpo"] = b"agreement"
        digest = Text((("small.bpo", b"agreement"),)).digest
        told = json.loads(contents["bundle.json"])["texts"][0]
        with_manifest(contents, texts=[TextOf(**told | {"digest": digest})])

    path = forged(small_bundle(), unreadable, Path("bad.zip"))
    assert "does not understand the text" in verify(path, code=exits.VERIFY).stdout


# ------------------------------------------------------------------------------------ who stands for it
def test_events_changed_by_one_who_runs_them_anew_are_found_by_signature_or_checkpoint(here):
    keys("desk", "other")
    keep("a.jsonl", *UNTIL, "--publish")
    given = ran("checkpoint", "s.db", "--key", "desk.pem").stdout
    write("given.jsonl", [given])
    bundle("s.db", "--out", "true.zip", "--key", "desk.pem")
    verify("true.zip", "--trust", "desk.pub", "--checkpoint", "given.jsonl")
    write("a.jsonl", [each for each in LINES if '"C3"' not in each])
    Path("s.db").unlink()
    keep("a.jsonl", *UNTIL, "--publish")
    bundle("s.db", "--out", "false.zip", "--key", "other.pem")
    # Alone it holds together: it is the ledger of other events.
    verify("false.zip")
    assert "signed nothing of it" in verify("false.zip", "--trust", "desk.pub", code=exits.VERIFY).stdout
    assert "is not what stands here" in verify("false.zip", "--checkpoint", "given.jsonl", code=exits.VERIFY).stdout
    assert "is not what stands here" in verify("s.db", "--checkpoint", "given.jsonl", code=exits.VERIFY).stdout


def test_a_checkpoint_holds_while_the_ledger_grows(here):
    keys("desk")
    write("b.jsonl", LINES[60:])
    write("a.jsonl", LINES[:60])
    assert "PRF105" in _checkpoint(code=exits.USAGE, first=True).stderr
    keep("a.jsonl", "--publish")
    given = _checkpoint().stdout
    before = Path("s.db").read_bytes()
    assert _checkpoint().stdout == given and Path("s.db").read_bytes() == before
    write("given.jsonl", [given])
    keep("b.jsonl", *UNTIL, "--publish")
    assert _checkpoint().stdout != given
    bundle("s.db", "--out", "s.zip")
    said = verify("s.zip", "--checkpoint", "given.jsonl", "--trust", "desk.pub").stdout
    assert said.count("stands; by ed25519:") == 3
    contents = taken_apart(Path("s.zip"))
    for old, new in ((b'"postings":', b'"postings":1'), (b'"agreement":"small"', b'"agreement":"large"')):
        changed = contents | {"checkpoints.jsonl": contents["checkpoints.jsonl"].replace(old, new)}
        put_together(Path("x.zip"), summed(changed))
        assert standings("x.zip")["checkpoints"] is Standing.FAILS
    for text in (b"{}\n", b"\n", b"[1]\n", given.encode().replace(b":", b": ")):
        put_together(Path("x.zip"), summed(contents | {"checkpoints.jsonl": text}))
        assert standings("x.zip")["checkpoints"] is Standing.FAILS
    # One of another agreement.
    Path("small.bpo").write_text(SMALL.replace("agreement small", "agreement other"), encoding="utf-8")
    ran("run", "small.bpo", "a.jsonl", "--store", "o.db", "--publish")
    bundle("o.db", "--out", "o.zip")
    assert "is one of `small`" in verify("o.zip", "--checkpoint", "given.jsonl", code=exits.VERIFY).stdout


def _checkpoint(code=exits.OK, first=False):
    if first:
        keep("a.jsonl")
    return ran("checkpoint", "s.db", "--key", "desk.pem", code=code)


def test_a_checkpoint_of_a_ledger_in_which_nothing_stands_yet(here):
    keys("desk")
    keep("a.jsonl", "--until", "2025-12-01", "--publish")
    said = json.loads(_checkpoint().stdout.splitlines()[0])
    assert said["postings"] == 0 and said["head"] == Chain("small").head.head


def test_a_checkpoint_is_not_signed_over_what_somebody_else_changed(here):
    keys("desk")
    keep("a.jsonl", "--publish")
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE posting SET entry = replace(entry, 'Missed', 'Fulfilled')")
    for command in (
        ["checkpoint", "s.db", "--key", "desk.pem"],
        ["bundle", "s.db", "--out", "s.zip"],
        ["verify", "s.db"],
    ):
        assert "STO106" in ran(*command, code=exits.VERIFY).stderr
    assert not Path("s.zip").exists() and not list(Path().glob(".s.zip*"))


def test_a_signature_that_is_another_is_found(here):
    keys("desk", "other")
    signed = taken_apart(small_bundle("--key", "desk.pem"))
    other = taken_apart(small_bundle("--key", "other.pem"))
    line, other_line = json.loads(signed["signatures.jsonl"]), json.loads(other["signatures.jsonl"])
    for text in (
        json.dumps(line | {"key": other_line["key"]}, separators=(",", ":")) + "\n", "", "{}\n", "[" * 9999,
        signed["signatures.jsonl"].decode()[:-1], json.dumps(line) + "\n",
        json.dumps(line | {"signature": "x"}, separators=(",", ":")) + "\n",
        json.dumps(line | {"key": "ed25519:AAAA"}, separators=(",", ":")) + "\n",
    ):  # fmt: skip
        put_together(Path("x.zip"), signed | {"signatures.jsonl": text.encode()})
        assert standings("x.zip")["signatures"] is Standing.FAILS, text
    # One taken from another bundle signs that one.
    write("few.jsonl", LINES[:2])
    bundle("small.bpo", "few.jsonl", *UNTIL, "--out", "few.zip")
    put_together(Path("x.zip"), taken_apart(Path("few.zip")) | {"signatures.jsonl": signed["signatures.jsonl"]})
    assert standings("x.zip")["signatures"] is Standing.FAILS


def test_keys_as_openssh_writes_them(here):
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption())
    Path("id").write_bytes(private)
    Path("id.pub").write_bytes(key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH))
    path = small_bundle("--key", "id")
    assert "whom you trust, signed" in verify(path, "--trust", "id.pub").stdout


def test_keys_that_cannot_be_used(here):
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    keys("desk")
    write("few.jsonl", LINES[:2])
    other = ec.generate_private_key(ec.SECP256R1())
    locked = Ed25519PrivateKey.generate().private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"secret")
    )
    unlocked = form.NoEncryption()
    Path("ec.pem").write_bytes(other.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, unlocked))
    Path("ec.pub").write_bytes(
        other.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    )
    Path("locked.pem").write_bytes(locked)
    Path("long.pem").write_bytes(b"x" * 100_000)
    for name, why in (
        ("a.jsonl", "does not read"), ("ec.pem", "of another kind"), ("locked.pem", "password"),
        ("long.pem", "too long"), ("desk.pub", "does not read"),
    ):  # fmt: skip
        said = bundle("small.bpo", "few.jsonl", "--out", "x.zip", "--key", name, code=exits.USAGE).stderr
        assert "PRF103" in said and why in said and "openssl genpkey" in said
        assert not Path("x.zip").exists()
    bundle("small.bpo", "few.jsonl", "--out", "x.zip", "--key", "desk.pem")
    for name in ("a.jsonl", "ec.pub", "desk.pem", "long.pem"):
        assert "PRF103" in verify("x.zip", "--trust", name, code=exits.USAGE).stderr
    for text in ("", "{}", "\n\n", "x" * 100):
        write("c.jsonl", [text])
        assert "PRF106" in verify("x.zip", "--checkpoint", "c.jsonl", code=exits.USAGE).stderr


def test_without_the_library_it_says_what_to_install(here, monkeypatch):
    keys("desk")
    path = small_bundle("--key", "desk.pem")
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    for command in (
        ["verify", path], ["verify", path, "--trust", "desk.pub"],
        ["bundle", "small.bpo", "few.jsonl", "--out", "x.zip", "--key", "desk.pem"],
    ):  # fmt: skip
        said = ran(*command, code=exits.USAGE).stderr
        assert "PRF104" in said and "bpodsl[sign]" in said


# ------------------------------------------------------------------------------------ what goes with what
def test_options_that_do_not_go_together(here):
    keep("a.jsonl")
    whole = Path("s.db").read_bytes()
    for arguments in (
        ["s.db", "a.jsonl", "--out", "x.zip"], ["s.db", "--until", "2026-02-01", "--out", "x.zip"],
        ["small.bpo", "--out", "x.zip"], ["small.bpo", "a.jsonl", "--agreement", "small", "--out", "x.zip"],
        ["s.db", "--out", "s.db"], ["small.bpo", "a.jsonl", "--out", "a.jsonl"], ["small.bpo", "a.jsonl"],
        ["s.db", "--out", "x.zip", "--agreement", "none"], ["small.bpo", "a.jsonl", "--out", "x.bpo"],
    ):  # fmt: skip
        bundle(*arguments, code=exits.USAGE)
    assert Path("s.db").read_bytes() == whole and not Path("x.zip").exists()
    bundle("small.bpo", "a.jsonl", "--out", "x.zip")
    verify("x.zip", "--agreement", "small", code=exits.USAGE)
    write("bad.bpo", ["agreement\n"])
    bundle("bad.bpo", "a.jsonl", "--out", "y.zip", code=exits.AGREEMENT)
    with pytest.raises(FileNotFoundError):
        bundle_store(Path("s.db"), None, Path("nowhere/y.zip"))
    assert "PRF101" in verify("a.jsonl", code=exits.VERIFY).stderr
    # What was there before stays, if nothing can take its place.
    before = Path("x.zip").read_bytes()
    bundle("s.db", "--out", "x.zip", "--agreement", "none", code=exits.USAGE)
    assert Path("x.zip").read_bytes() == before


def test_a_store_in_which_nothing_was_run(here):
    with writing(Path("s.db")) as db:
        db.execute("INSERT INTO agreement (name, version, stands, program, account) VALUES ('small', 0, 0, '', '{}')")
    assert "PRF107" in bundle("s.db", "--out", "x.zip", code=exits.USAGE).stderr


def test_limits_of_a_bundle(here, monkeypatch):
    path = small_bundle()
    monkeypatch.setattr(parts, "SIZE_LIMIT", 1000)
    assert "PRF108" in bundle("small.bpo", "few.jsonl", "--out", "x.zip", code=exits.LIMIT).stderr
    assert not Path("x.zip").exists()
    monkeypatch.setattr(parts, "SMALL_LIMIT", 1000)
    assert "PRF108" in verify(path, code=exits.LIMIT).stderr
    monkeypatch.undo()
    monkeypatch.chdir(here)
    monkeypatch.setattr(parts, "MOST_PARTS", 3)
    assert "PRF108" in verify(path, code=exits.LIMIT).stderr
    monkeypatch.setattr(parts, "MOST_PARTS", 100)
    monkeypatch.setattr(parts, "SMALL_LIMIT", 10)
    assert "far too long" in verify(path, code=exits.VERIFY).stderr
