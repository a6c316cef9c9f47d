"""Editors that are installed, set up as `docs/editors.md` says: they start the server and show what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.docs import blocks

pytest.importorskip("pygls")

LONG = 120
CARE = ROOT / "examples" / "customer_care" / "customer_care.bpo"
SAID = "`off` cannot stand here"


def set_up(language):
    return [block.text for block in blocks(ROOT / "docs" / "editors.md") if block.info == language]


@pytest.fixture
def desk(tmp_path):
    """A folder with an agreement that has a mistake, and the environment of an editor that has no other settings."""
    text = CARE.read_text(encoding="utf-8").replace("hours of support", "hours off support")
    (tmp_path / "care.bpo").write_text(text, encoding="utf-8")
    command = tmp_path / "bin" / "bpodsl"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bpodsl "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
    modules = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return tmp_path, {**os.environ, "PATH": path, "PYTHONPATH": modules, "HOME": str(tmp_path)}


def ran(command, desk):
    folder, environment = desk
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=LONG,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_emacs(desk):
    if shutil.which("emacs") is None:
        pytest.skip("there is no Emacs")
    if "has eglot" not in ran(
        ["emacs", "--batch", "--eval", "(progn (package-initialize) (require 'eglot) (message \"has eglot\"))"], desk
    ):
        pytest.skip("this Emacs has no Eglot")
    (block,) = set_up("elisp")
    script = f"""
(package-initialize)
(require 'eglot)
{block}
(setq eglot-sync-connect 60)
(find-file "care.bpo")
(run-hooks 'post-command-hook)
(defun said () (mapconcat #'flymake-diagnostic-text (flymake-diagnostics) " / "))
(let ((n 0))
  (while (and (< n 200) (string= (said) "")) (flymake-start) (accept-process-output nil 0.2) (setq n (1+ n))))
(message "mode %s, comments %s: %s" major-mode comment-start (said))
"""
    (desk[0] / "try.el").write_text(script, encoding="utf-8")
    found = ran(["emacs", "--batch", "-l", "try.el"], desk)
    assert "mode bpo-mode, comments # :" in found and SAID in found, found


def test_neovim(desk):
    if shutil.which("nvim") is None:
        pytest.skip("there is no Neovim")
    version = re.search(r"NVIM v(\d+)\.(\d+)", ran(["nvim", "--version"], desk))
    now, before = set_up("lua")
    block = now if (int(version[1]), int(version[2])) >= (0, 11) else before
    script = f"""
{block}
vim.cmd("edit care.bpo")
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 100)
io.stderr:write(vim.bo.filetype .. ": " .. ((vim.diagnostic.get(0)[1] or {{}}).message or "nothing"))
"""
    (desk[0] / "try.lua").write_text(script, encoding="utf-8")
    found = ran(["nvim", "--headless", "-u", "NONE", "-c", "filetype on", "-c", "luafile try.lua", "-c", "qa!"], desk)
    assert f"bpo: {SAID}" in found, found
