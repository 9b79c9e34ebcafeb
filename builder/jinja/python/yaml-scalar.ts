/** The context of a scalar. */
export interface ScalarPlace {
  readonly indent: number;
  readonly step: number;
  readonly column: number;
  readonly width: number;
  readonly flow: boolean;
  readonly key: boolean;
  /** Whether it needs a space before it. */
  readonly separate: boolean;
}

/** PyYAML's implicit resolvers (resolver.py): a plain scalar that matches one is not a string. */
const IMPLICIT = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  /^(?:<<|=|~|null|Null|NULL|)$/,
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
];

interface Analysis {
  readonly multiline: boolean;
  readonly flowPlain: boolean;
  readonly blockPlain: boolean;
  readonly singleQuoted: boolean;
}

const BREAK = /[\r\n\x85\u2028\u2029]/;
const PRINTABLE = /^[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/u;

/** libyaml's yaml_emitter_analyze_scalar. */
function analyze(value: string): Analysis {
  if (value === '') return { multiline: false, flowPlain: false, blockPlain: true, singleQuoted: true };
  const all = [...value];
  let flow = /^(?:---|\.\.\.)/.test(value);
  let block = flow;
  let lines = false;
  let special = false;
  const spaces = {
    leading: false,
    trailing: false,
    breakSpace: false,
    spaceBreak: false,
    leadingBreak: false,
    trailingBreak: false,
  };
  all.forEach((c, index) => {
    const next = all[index + 1];
    const followed = next === undefined || /[ \t]/.test(next) || BREAK.test(next);
    const preceded = index === 0 || /[ \t]/.test(all[index - 1] ?? '') || BREAK.test(all[index - 1] ?? '');
    if (index === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(c)) flow = block = true;
      if ('?:'.includes(c)) {
        flow = true;
        if (followed) block = true;
      }
      if (c === '-' && followed) flow = block = true;
    } else {
      if (',?[]{}'.includes(c)) flow = true;
      if (c === ':') {
        flow = true;
        if (followed) block = true;
      }
      if (c === '#' && preceded) flow = block = true;
    }
    if (!PRINTABLE.test(c)) special = true;
    if (BREAK.test(c)) lines = true;
    const last = index === all.length - 1;
    if (c === ' ') {
      if (index === 0) spaces.leading = true;
      if (last) spaces.trailing = true;
      if (BREAK.test(all[index - 1] ?? '')) spaces.breakSpace = true;
    } else if (BREAK.test(c)) {
      if (index === 0) spaces.leadingBreak = true;
      if (last) spaces.trailingBreak = true;
      if (all[index - 1] === ' ') spaces.spaceBreak = true;
    }
  });
  const edges = spaces.leading || spaces.trailing || spaces.leadingBreak || spaces.trailingBreak;
  const bad = spaces.spaceBreak || special;
  return {
    multiline: lines,
    flowPlain: !(edges || spaces.breakSpace || bad || lines || flow),
    blockPlain: !(edges || spaces.breakSpace || bad || lines || block),
    singleQuoted: !(spaces.breakSpace || bad),
  };
}

/** Writes a scalar like libyaml: plain, or in single or double quotes. */
export function writeScalar(value: string, isString: boolean, place: ScalarPlace): string {
  const analysis = analyze(value);
  const implicit = isString && IMPLICIT.some((pattern) => pattern.test(value));
  const plain =
    (place.flow ? analysis.flowPlain : analysis.blockPlain) &&
    !(value === '' && (place.flow || place.key)) &&
    !(analysis.multiline && place.key) &&
    !implicit;
  const writer = new ScalarWriter(place);
  if (plain) writer.plain(value);
  else if (analysis.singleQuoted && !(analysis.multiline && place.key)) writer.singleQuoted(value);
  else writer.doubleQuoted(value);
  return writer.out;
}

const SHORT: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

class ScalarWriter {
  out = '';
  #column: number;
  readonly #indent: number;
  readonly #place: ScalarPlace;

  constructor(place: ScalarPlace) {
    this.#place = place;
    this.#column = place.column;
    this.#indent = place.indent + (place.flow ? 0 : place.step);
    if (place.flow && place.indent === 0) this.#indent = 0;
  }

  #write(text: string): void {
    this.out += text;
    this.#column += [...text].length;
  }

  #line(): void {
    this.out += `\n${' '.repeat(this.#indent)}`;
    this.#column = this.#indent;
  }

  #folds(): boolean {
    return !this.#place.key && this.#column > this.#place.width;
  }

  #start(): void {
    if (this.#place.separate) this.#write(' ');
  }

  plain(value: string): void {
    if (value !== '' || this.#place.flow) this.#start();
    const all = [...value];
    let spaces = false;
    all.forEach((c, index) => {
      if (c !== ' ') this.#write(c);
      else if (!spaces && this.#folds() && all[index + 1] !== ' ') this.#line();
      else this.#write(c);
      spaces = c === ' ';
    });
  }

  singleQuoted(value: string): void {
    this.#start();
    this.#write("'");
    const all = [...value];
    let spaces = false;
    let breaks = false;
    all.forEach((c, index) => {
      if (c === ' ') {
        const inside = index > 0 && index < all.length - 1;
        if (!spaces && inside && this.#folds() && all[index + 1] !== ' ') this.#line();
        else this.#write(c);
        spaces = true;
      } else if (BREAK.test(c)) {
        if (!breaks && c === '\n') this.out += '\n';
        this.out += c === '\r' ? '\r' : '\n';
        this.#column = 0;
        breaks = true;
      } else {
        if (breaks) this.#write(' '.repeat(this.#indent));
        this.#write(c === "'" ? "''" : c);
        spaces = breaks = false;
      }
    });
    if (breaks) this.#write(' '.repeat(this.#indent));
    this.#write("'");
  }

  doubleQuoted(value: string): void {
    this.#start();
    this.#write('"');
    const all = [...value];
    let spaces = false;
    all.forEach((c, index) => {
      if (!PRINTABLE.test(c) || BREAK.test(c) || c === '"' || c === '\\' || c === '\t' || c === '\ufeff') {
        this.#write(escaped(c));
        spaces = false;
      } else if (c === ' ') {
        const inside = index > 0 && index < all.length - 1;
        if (!spaces && inside && this.#folds()) {
          this.#line();
          if (all[index + 1] === ' ') this.#write('\\');
        } else this.#write(c);
        spaces = true;
      } else {
        this.#write(c);
        spaces = false;
      }
    });
    this.#write('"');
  }
}

function escaped(c: string): string {
  const short = Object.hasOwn(SHORT, c) ? SHORT[c] : undefined;
  if (short !== undefined) return `\\${short}`;
  const code = c.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
