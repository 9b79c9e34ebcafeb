// Compiles what tests import as ts-node does itself, and keeps that below dist/: every file of tests is a process of its own
// that loads hundreds of modules, and would compile all of them anew. Named in tsconfig.tap.json, which tap looks for.
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');
const typescript = require('typescript');

const root = resolve(__dirname, '..');
const folder = join(root, 'dist/test-tools/transpiled');

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
      const place = placeOf(fileName);
      const known = place && read(place);
      if (known?.key === key) return known;
      const { outputText, sourceMapText, diagnostics = [] } = compiled(code, fileName);
      if (diagnostics.length > 0) return { outputText, sourceMapText, diagnostics };
      if (place) write(place, { key, outputText, sourceMapText });
      return { outputText, sourceMapText };
    },
  };
};

/** The part of ts-node that knows how, which it does not export. */
function ownTranspiler() {
  const main = require.resolve('@isaacs/ts-node-temp-fork-for-pr-2009');
  return require(join(dirname(main), 'ts-transpile-module.js')).createTsTranspileModule;
}

/** One for each source, which a change of it replaces; none for what is elsewhere. */
function placeOf(fileName) {
  const name = relative(root, fileName);
  return name.startsWith('..') ? undefined : join(folder, `${name}.json`);
}

function read(place) {
  try {
    return JSON.parse(readFileSync(place, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Appears whole: tests run side by side. Takes away what is beside it of sources that are gone. */
function write(place, value) {
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(`${place}.${process.pid}`, JSON.stringify(value));
  renameSync(`${place}.${process.pid}`, place);
  for (const beside of new Set([folder, dirname(place)]))
    for (const entry of readdirSync(beside, { withFileTypes: true })) {
      const source = join(root, relative(folder, beside), entry.name.replace(/\.json$/, ''));
      if (entry.isFile() && entry.name.endsWith('.json') && !existsSync(source))
        rmSync(join(beside, entry.name), { force: true });
    }
}
