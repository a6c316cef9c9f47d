"""Signatures: Ed25519, with keys from files as OpenSSL (PEM) or OpenSSH write them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from bpodsl.proof.troubles import NO_KEY, NO_LIBRARY, ProofTrouble

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_LIMIT: Final = 1 << 16
"""No file with a key has more bytes."""

Key: TypeAlias = "Ed25519PrivateKey"
"""A private key."""

_KIND: Final = "ed25519:"


def needed(what: str) -> None:
    """Raises `ProofTrouble` if what is needed to sign and to check is not installed."""
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
    except ImportError as error:
        raise ProofTrouble(NO_LIBRARY, what=what) from error


def signing_key(path: Path) -> Key:
    """The private key in a file. Raises `ProofTrouble`, `OSError`."""
    needed("Signing")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    data = _data(path, "private")
    ssh = b"BEGIN OPENSSH PRIVATE KEY" in data
    key = _loaded(path, "private", lambda: (load_ssh_private_key if ssh else load_pem_private_key)(data, None))
    if not isinstance(key, Ed25519PrivateKey):
        raise ProofTrouble(NO_KEY, file=str(path), kind="private", why="it is of another kind than Ed25519")
    return key


def public_key(path: Path) -> str:
    """The public key in a file, as `name_of` has it. Raises `ProofTrouble`, `OSError`."""
    needed("Checking signatures")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key, load_ssh_public_key

    data = _data(path, "public")
    ssh = data.lstrip().startswith(b"ssh-")
    key = _loaded(path, "public", lambda: (load_ssh_public_key if ssh else load_pem_public_key)(data))
    if not isinstance(key, Ed25519PublicKey):
        raise ProofTrouble(NO_KEY, file=str(path), kind="public", why="it is of another kind than Ed25519")
    return _named(key.public_bytes_raw())


def _data(path: Path, kind: str) -> bytes:
    with path.open("rb") as file:
        data = file.read(KEY_LIMIT + 1)
    if len(data) > KEY_LIMIT:
        raise ProofTrouble(NO_KEY, file=str(path), kind=kind, why="it is far too long")
    return data


def _loaded(path: Path, kind: str, load: Callable[[], object]) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return load()
    except TypeError as error:
        why = "it is locked by a password, and bpodsl asks for none"
        raise ProofTrouble(NO_KEY, file=str(path), kind=kind, why=why) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ProofTrouble(NO_KEY, file=str(path), kind=kind, why="it does not read as one") from error


def _named(raw: bytes) -> str:
    return _KIND + base64.b64encode(raw).decode()


def name_of(key: Key) -> str:
    """The public key of a private one, as it is written down: `ed25519:` and 32 bytes in base64."""
    return _named(key.public_key().public_bytes_raw())


def signed(key: Key, statement: bytes) -> str:
    """The signature of a statement, in base64; the same each time."""
    return base64.b64encode(key.sign(statement)).decode()


def is_signed(name: str, statement: bytes, signature: str) -> bool:
    """Whether the key of that name signed a statement so, written exactly as `signed` writes it. Raises
    `ProofTrouble`."""
    needed("Checking signatures")
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw, made = (base64.b64decode(each, validate=True) for each in (name.removeprefix(_KIND), signature))
        if _named(raw) != name or base64.b64encode(made).decode() != signature:
            return False
        Ed25519PublicKey.from_public_bytes(raw).verify(made, statement)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
