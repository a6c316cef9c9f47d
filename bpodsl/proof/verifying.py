"""Holding a bundle to what it says: its bytes, its chain, its signatures, and its ledger, recomputed twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from attrs import define, field

from bpodsl.proof import checkpoint, manifest, parts
from bpodsl.proof.bundling import STATEMENT, Signature, sums_of, text_part
from bpodsl.proof.checkpoint import Checkpoint
from bpodsl.proof.findings import Findings
from bpodsl.proof.manifest import Manifest, decoded, instant_of, part_of
from bpodsl.proof.recomputing import ledger_lines, recompute
from bpodsl.proof.signing import is_signed, needed
from bpodsl.proof.troubles import LATER_FORM, NO_BUNDLE, ProofTrouble
from bpodsl.record.chain import Chain
from bpodsl.store.kept import Carried, Text
from bpodsl.values import show_utc

_NOT_AS_WRITTEN = "the bundle is not as it was written"


def verified(
    path: Path, trusted: Sequence[str] = (), earlier: Sequence[Checkpoint] = (), reference: bool = True
) -> Findings:
    """What holds of a bundle. `trusted`: keys of which each must have signed it or what of it is published; `earlier`:
    checkpoints that it must go on from; `reference`: whether the slow evaluator is asked, too. Raises `ProofTrouble` if
    it is no bundle at all, `LimitReached`, `OSError`."""
    with parts.opened(path) as found:
        return _Verifying(found, Findings(str(path)), trusted, earlier).all(reference)


@define
class _Verifying:
    parts: parts.Parts
    findings: Findings
    trusted: Sequence[str]
    earlier: Sequence[Checkpoint]
    signers: set[str] = field(factory=set)
    """Whose signatures hold."""

    def all(self, reference: bool) -> Findings:
        found = self._manifest()
        by = f"{found.program}, semantics {found.semantics}"
        self.findings.about = f"`{found.agreement}` until {found.until}, by {by}"
        whole = self._form() & self._digests(found)
        given = self._carried(found) if whole else None
        links = self._chain(found)
        if given is None or links is None:
            self.findings.leave_out(_NOT_AS_WRITTEN)
            return self.findings
        self._published(given)
        self._signatures()
        self._checkpoints(found, links)
        self._trusted()
        recompute(self.findings, found, given, self.parts, reference)
        return self.findings

    def _manifest(self) -> Manifest:
        path = str(self.parts.path)
        try:
            data = self.parts.small(parts.MANIFEST)
            form = manifest.form_of(data)
            if form is not None and form > manifest.FORM:
                raise ProofTrouble(LATER_FORM, bundle=path, found=str(form), known=str(manifest.FORM))
            return manifest.read(data)
        except ValueError as error:
            raise ProofTrouble(NO_BUNDLE, bundle=path, why=f"{parts.MANIFEST} does not read: {error}") from error

    def _form(self) -> bool:
        why = self.parts.not_as_written()
        if why:
            self.findings.fails("form", why)
            return False
        self.findings.holds("form", "the file is written, byte for byte, as bpodsl writes bundles")
        return True

    # -------------------------------------------------------------------------------- what is in it
    def _digests(self, found: Manifest) -> bool:
        names = [parts.MANIFEST, *(text_part(each.version, name) for each in found.texts for name in each.files)]
        names += [part_of(n) for n in range(1, len(found.sources) + 1)]
        names += [parts.LEDGER, *([parts.CHECKPOINTS] if parts.CHECKPOINTS in self.parts.names else [])]
        last = [parts.SUMS, *([parts.SIGNATURES] if parts.SIGNATURES in self.parts.names else [])]
        if self.parts.names != [*names, *last]:
            has = ", ".join(self.parts.names)
            self.findings.fails("digests", f"its parts are {has}; {', '.join(names)} were told of")
            return False
        try:
            told = self.parts.small(parts.SUMS)
        except ValueError as error:
            self.findings.fails("digests", str(error))
            return False
        sums = [(name, self.parts.digest(name)) for name in names]
        if sums_of(sums) == told:
            self.findings.holds("digests", f"all {len(names)} parts are those of which {parts.SUMS} tells")
            return True
        lines = told.splitlines()
        changed = [name for name, digest in sums if f"{digest}  {name}".encode() not in lines]
        what = f"not what {parts.SUMS} tells: {', '.join(changed)}" if changed else f"{parts.SUMS} tells of others"
        self.findings.fails("digests", what)
        return False

    def _carried(self, found: Manifest) -> Carried | None:
        try:
            texts = []
            for each in found.texts:
                files = tuple((name, self.parts.small(text_part(each.version, name))) for name in each.files)
                texts.append(Text(files))
                if not files or texts[-1].digest != each.digest:
                    raise ValueError(f"version {each.version} of the text is not the one whose digest is told")
            if [each.version for each in found.texts] != list(range(1, len(texts) + 1)):
                raise ValueError("the versions of the text are not in order")
            given = found.carried(texts)
        except ValueError as error:
            self.findings.fails("manifest", str(error))
            return None
        many = f"{len(found.sources)} source{'s' * (len(found.sources) != 1)}"
        self.findings.holds("manifest", f"{parts.MANIFEST} says what texts, {many} of events and versions there are")
        return given

    def _chain(self, found: Manifest) -> dict[int, str] | None:
        """The links of the postings that a checkpoint may ask for, if the chains end where they should."""
        asked = {each.postings for each in (*self._kept(), *self.earlier)}
        links = {0: Chain(found.agreement).head.head}
        try:
            lines = ledger_lines(self.parts)
            for number, told in enumerate(found.heads):
                chain = Chain(found.agreement, told.world)
                for _, line in zip(range(told.postings), lines, strict=False):
                    link = chain.add(line)
                    if not number and chain.postings in asked:
                        links[chain.postings] = link
                if chain.head != told:
                    of_world = f" of world `{told.world}`" if told.world else ""
                    raise ValueError(f"the chain{of_world} of {chain.postings} postings does not end as is told")
            if next(lines, None) is not None:
                raise ValueError("there are more postings than are told")
        except ValueError as error:
            self.findings.fails("chain", str(error))
            return None
        heads = "; ".join(map(str, found.heads)) or "there are no postings"
        self.findings.holds("chain", heads)
        return links

    def _published(self, given: Carried) -> None:
        if given.published is None:
            if given.stands:
                self.findings.fails("published", f"{given.stands} postings are told to stand, and nothing is published")
            else:
                self.findings.unasked("published", "nothing is published")
            return
        until = show_utc(given.published)
        try:
            told = [decoded(line, _Told) for line in ledger_lines(self.parts)]
            known = [instant_of(each.known) or 0 for each in told]
        except ValueError as error:
            self.findings.fails("published", f"a posting does not read: {error}")
            return
        # How many of those known at that very instant were there then, is for who evaluates it.
        before, by = sum(each < given.published for each in known), sum(each <= given.published for each in known)
        if not before <= given.stands <= by or given.published > given.until or any(each.world for each in told):
            self.findings.fails("published", f"{given.stands} postings are told to stand until {until}, and others do")

    # -------------------------------------------------------------------------------- who stands for it
    def _signatures(self) -> None:
        if parts.SIGNATURES not in self.parts.names:
            self.findings.unasked("signatures", "it is not signed")
            return
        needed("Checking its signatures")
        try:
            lines = self.parts.small(parts.SIGNATURES).decode().splitlines(keepends=True)
            found = [decoded(line, Signature) for line in lines]
            if not found or [f"{each.line}\n" for each in found] != lines:
                raise ValueError("they are not written as bpodsl writes them")
            statement = STATEMENT + self.parts.small(parts.SUMS)
            wrong = [each.key for each in found if not is_signed(each.key, statement, each.signature)]
        except ValueError as error:
            self.findings.fails("signatures", f"{parts.SIGNATURES} does not read: {error}")
            return
        if wrong:
            self.findings.fails("signatures", f"not by the key that is named: {', '.join(wrong)}")
            return
        self.signers.update(each.key for each in found)
        self.findings.holds("signatures", f"all of it is signed by {', '.join(each.key for each in found)}")

    def _kept(self) -> list[Checkpoint]:
        """The checkpoints in the bundle; none if they do not read, which is told later."""
        try:
            return self._read_checkpoints()
        except ValueError:
            return []

    def _read_checkpoints(self) -> list[Checkpoint]:
        kept = parts.CHECKPOINTS in self.parts.names
        lines = self.parts.small(parts.CHECKPOINTS).splitlines() if kept else []
        return [checkpoint.read(line) for line in lines]

    def _checkpoints(self, found: Manifest, links: dict[int, str]) -> None:
        try:
            own = self._read_checkpoints()
        except ValueError as error:
            self.findings.fails("checkpoints", f"{parts.CHECKPOINTS} does not read: {error}")
            return
        if not own and not self.earlier:
            self.findings.unasked("checkpoints", "there are none")
            return
        needed("Checking its checkpoints")
        for each in (*own, *self.earlier):
            where = f"the one of {each.postings} postings, published until {each.published}"
            if not each.holds:
                self.findings.fails("checkpoints", f"{where}, is not signed by the key that it names")
            elif each.agreement != found.agreement:
                self.findings.fails("checkpoints", f"{where}, is one of `{each.agreement}`")
            elif each.head != links.get(each.postings) or each.postings > found.stands:
                self.findings.fails("checkpoints", f"what was signed by {where}, is not what stands here")
            else:
                self.signers.add(each.key)
                self.findings.holds("checkpoints", f"what was signed by {where}, stands; by {each.key}")

    def _trusted(self) -> None:
        for each in self.trusted:
            if each in self.signers:
                self.findings.holds("signatures", f"{each}, whom you trust, signed")
            else:
                self.findings.fails("signatures", f"{each}, whom you trust, signed nothing of it")


class _Told(msgspec.Struct):
    """What a posting says of when it is known, and of its world."""

    known: str
    world: str = ""
