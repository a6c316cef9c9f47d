// Starts the language server of bpodsl, and nothing else: all that it knows it learns from the server.
"use strict";

const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

/** What to start: the interpreter that is set, else the command. */
function server() {
  const settings = vscode.workspace.getConfiguration("bpodsl");
  const interpreter = settings.get("interpreter", "").trim();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (interpreter) {
    const relative = /[\\/]/.test(interpreter) && !path.isAbsolute(interpreter);
    const command = relative && folder ? path.join(folder, interpreter) : interpreter;
    return { command, args: ["-m", "bpodsl", "lsp"], transport: TransportKind.stdio };
  }
  const command = settings.get("command", "bpodsl").trim() || "bpodsl";
  return { command, args: ["lsp"], transport: TransportKind.stdio };
}

async function start() {
  const options = {
    documentSelector: [
      { scheme: "file", language: "bpo" },
      { scheme: "untitled", language: "bpo" },
    ],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.bpo,bpodsl.toml,pyproject.toml}") },
  };
  client = new LanguageClient("bpodsl", "bpodsl", server(), options);
  try {
    await client.start();
  } catch (error) {
    const choice = await vscode.window.showErrorMessage(
      `The language server of bpodsl did not start (${error.message ?? error}). Install it with ` +
        "pip install 'bpodsl[lsp]', or name the interpreter that has it.",
      "Open settings",
    );
    if (choice) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "bpodsl.interpreter");
    }
  }
}

async function stop() {
  const old = client;
  client = undefined;
  if (old) {
    await old.dispose().catch(() => undefined);
  }
}

async function restart() {
  await stop();
  await start();
}

exports.activate = async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("bpodsl.restart", restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("bpodsl.interpreter") || event.affectsConfiguration("bpodsl.command")) {
        restart();
      }
    }),
  );
  await start();
};

exports.deactivate = stop;
