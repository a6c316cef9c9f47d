// How VS Code colours a text: `node colours.cjs MODULES GRAMMAR TEXT` prints, line by line, [[start, end, scopes], …].
const fs = require("fs");
const path = require("path");
const [modules, grammar, text] = process.argv.slice(2);
const oniguruma = require(path.join(modules, "vscode-oniguruma"));
const textmate = require(path.join(modules, "vscode-textmate"));

async function main() {
  const wasm = fs.readFileSync(path.join(modules, "vscode-oniguruma", "release", "onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (line) => new oniguruma.OnigString(line),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(grammar, "utf8"), grammar),
  });
  const found = await registry.loadGrammar("source.bpo");
  let state = textmate.INITIAL;
  const lines = fs.readFileSync(text, "utf8").split("\n").map((line) => {
    const done = found.tokenizeLine(line, state);
    state = done.ruleStack;
    return done.tokens.map((token) => [token.startIndex, token.endIndex, token.scopes]);
  });
  process.stdout.write(JSON.stringify(lines));
}

main();
