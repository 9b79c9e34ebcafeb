// Compiles what tests import as ts-node does itself, and keeps that below dist/: every file of tests is a process of its own
// that loads hundreds of modules, and would compile all of them anew. Named in tsconfig.tap.json, which tap looks for.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const typescript = require('typescript');

const folder = resolve(__dirname, '../dist/test-tools/transpiled');

exports.create = ({ service, nodeModuleEmitKind }) => {
  const compilerOptions = service.config.options;
  const about = JSON.stringify([typescript.version, compilerOptions, nodeModuleEmitKind]);
  let compile;
  const compiled = (code, fileName) => {
    compile ??= ownTranspiler()(typescript, { compilerOptions, reportDiagnostics: true });
    return compile(code, { fileName }, nodeModuleEmitKind === 'nodeesm' ? 'module' : 'commonjs');
  };
  return {
    transpile(code, { fileName }) {
      const key = createHash('sha256').update(`${about}\n${fileName}\n${code}`).digest('hex');
      const place = join(folder, `${key}.json`);
      const known = read(place);
      if (known !== undefined) return known;
      const { outputText, sourceMapText, diagnostics = [] } = compiled(code, fileName);
      if (diagnostics.length > 0) return { outputText, sourceMapText, diagnostics };
      write(place, { outputText, sourceMapText });
      return { outputText, sourceMapText };
    },
  };
};

/** The part of ts-node that knows how, which it does not export. */
function ownTranspiler() {
  const main = require.resolve('@isaacs/ts-node-temp-fork-for-pr-2009');
  return require(join(dirname(main), 'ts-transpile-module.js')).createTsTranspileModule;
}

function read(place) {
  try {
    return JSON.parse(readFileSync(place, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Appears whole: tests run side by side. */
function write(place, value) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${place}.${process.pid}`, JSON.stringify(value));
  renameSync(`${place}.${process.pid}`, place);
}
