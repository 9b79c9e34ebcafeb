import { Float, floatText } from './float.js';
import { compare } from './comparing.js';
import { type Dict, Undefined, entriesOf, isDict, typeName } from './python-value.js';
import { type ScalarPlace, writeScalar } from './yaml-scalar.js';
import { TemplateError } from '../template-error.js';

export interface YamlDumpOptions {
  readonly indent: number;
  readonly width: number;
  readonly sortKeys: boolean;
  /** Which collections to write in flow style: none, those with scalars only, or all. */
  readonly flow: 'none' | 'leaves' | 'all';
  readonly explicitStart: boolean;
  readonly explicitEnd: boolean;
}

const MAX_DEPTH = 100;

/** YAML like PyYAML's `dump` with libyaml's emitter. @throws TemplateError for values without a YAML form */
export function dumpYaml(value: unknown, options: YamlDumpOptions): string {
  return new Dumper(options).document(value);
}

class Dumper {
  readonly #options: YamlDumpOptions;
  readonly #step: number;
  readonly #width: number;
  #out = '';
  #column = 0;

  constructor(options: YamlDumpOptions) {
    this.#options = options;
    this.#step = options.indent >= 2 && options.indent <= 9 ? options.indent : 2;
    this.#width = options.width < 0 ? Infinity : options.width <= this.#step * 2 ? 80 : options.width;
  }

  document(value: unknown): string {
    const { explicitStart, explicitEnd } = this.#options;
    if (explicitStart) this.#write('---');
    this.#node(value, { indent: -1, flow: false, key: false, root: true, depth: 0 });
    if (this.#column > 0) this.#newLine(0);
    if (explicitEnd) this.#out += '...\n';
    return this.#out;
  }

  #write(text: string): void {
    this.#out += text;
    const at = text.lastIndexOf('\n');
    this.#column = at < 0 ? this.#column + text.length : text.length - at - 1;
  }

  #newLine(indent: number): void {
    this.#write(`\n${' '.repeat(Math.max(0, indent))}`);
  }

  #space(): void {
    if (this.#needsSpace()) this.#write(' ');
  }

  #needsSpace(): boolean {
    return this.#column > 0 && !/[\s[{]$/.test(this.#out);
  }

  #isFlow(value: unknown): boolean {
    if (this.#options.flow === 'all' || isEmpty(value)) return true;
    if (this.#options.flow === 'none') return false;
    const items = Array.isArray(value) ? value : entriesOf(value as Dict).flat();
    return items.every((item) => !isCollection(item));
  }

  #node(value: unknown, place: Place): void {
    if (place.depth > MAX_DEPTH) throw new TemplateError('This value is nested too deeply for YAML');
    if (value instanceof Undefined) value.fail();
    if (!isCollection(value)) this.#scalar(value, place);
    else if (place.flow || this.#isFlow(value)) this.#flow(value, place);
    else if (Array.isArray(value)) this.#blockList(value as unknown[], place);
    else this.#blockDict(value as Dict, place);
  }

  #scalar(value: unknown, place: Place): void {
    const { text, isString } = scalarText(value);
    const about: ScalarPlace = {
      indent: place.indent < 0 ? 0 : place.indent,
      step: this.#step,
      column: this.#column,
      width: this.#width,
      flow: place.flow,
      key: place.key,
      separate: this.#needsSpace(),
    };
    this.#write(writeScalar(text, isString, about));
  }

  #entries(dict: Dict): [unknown, unknown][] {
    const entries = entriesOf(dict);
    if (!this.#options.sortKeys) return entries;
    try {
      return entries.sort(([a], [b]) => compare(a, b));
    } catch {
      return entries;
    }
  }

  #blockList(items: unknown[], { indent, root, mapped, depth }: Place): void {
    // A list in a mapping has the mapping's own indent.
    const at = root ? 0 : mapped ? indent : indent + this.#step;
    items.forEach((item, index) => {
      if (!(index === 0 && this.#atIndent(at))) this.#newLine(at);
      this.#write('-');
      this.#node(item, { indent: at, flow: false, key: false, root: false, depth: depth + 1 });
    });
  }

  #blockDict(dict: Dict, { indent, root, depth }: Place): void {
    const at = root ? 0 : indent + this.#step;
    this.#entries(dict).forEach(([name, item], index) => {
      if (!(index === 0 && this.#atIndent(at))) this.#newLine(at);
      const inner = { indent: at, flow: false, root: false, depth: depth + 1 };
      if (isSimpleKey(name)) {
        this.#node(name, { ...inner, key: true });
        this.#write(':');
      } else {
        this.#write('?');
        this.#node(name, { ...inner, key: false });
        this.#newLine(at);
        this.#write(':');
      }
      this.#node(item, { ...inner, key: false, mapped: true });
    });
  }

  /** Whether the output is at the indent of a first entry: the document's start, or after a "-" padded to the indent. */
  #atIndent(at: number): boolean {
    if (this.#out === '') return true;
    if (/(?:^|\n) *(?:- *)*-$/.test(this.#out.slice(this.#out.lastIndexOf('\n') + 1)) && this.#column < at) {
      this.#write(' '.repeat(at - this.#column));
      return true;
    }
    return false;
  }

  #flow(value: unknown, place: Place): void {
    const isList = Array.isArray(value);
    const at = (place.indent < 0 ? 0 : place.indent) + this.#step;
    const inner: Place = { indent: at, flow: true, key: false, root: false, depth: place.depth + 1 };
    this.#space();
    this.#write(isList ? '[' : '{');
    const entries = isList
      ? (value as unknown[]).map((item): [unknown, unknown] => [undefined, item])
      : this.#entries(value as Dict);
    entries.forEach(([key, item], index) => {
      if (index > 0) this.#write(',');
      if (this.#column > this.#width) this.#newLine(at);
      else if (index > 0) this.#write(' ');
      if (!isList) {
        if (isSimpleKey(key)) this.#node(key, { ...inner, key: true });
        else {
          this.#write('? ');
          this.#node(key, inner);
        }
        this.#write(':');
        if (!isSimpleKey(key) && this.#column > this.#width) this.#newLine(at);
      }
      this.#node(item, inner);
    });
    this.#write(isList ? ']' : '}');
  }
}

interface Place {
  readonly indent: number;
  readonly flow: boolean;
  readonly key: boolean;
  readonly root: boolean;
  readonly mapped?: boolean;
  readonly depth: number;
}

const isCollection = (value: unknown): boolean => Array.isArray(value) || isDict(value);
const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : entriesOf(value as Dict).length === 0;

/** Whether a key can be written on one line before ":". */
function isSimpleKey(key: unknown): boolean {
  if (isCollection(key)) return false;
  const { text } = scalarText(key);
  return text.length <= 128 && !/[\n\x85\u2028\u2029]/.test(text);
}

function scalarText(value: unknown): { text: string; isString: boolean } {
  if (value === null || value === undefined) return { text: 'null', isString: false };
  if (typeof value === 'string') return { text: value, isString: true };
  if (typeof value === 'boolean' || typeof value === 'bigint')
    return { text: String(value), isString: false };
  if (value instanceof Float || typeof value === 'number')
    return { text: numberText(Number(value), value instanceof Float), isString: false };
  throw new TemplateError(`A value of type ${typeName(value)} can not be written as YAML`);
}

function numberText(value: number, isFloat: boolean): string {
  if (Number.isInteger(value) && !isFloat) return String(value);
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = floatText(value);
  return text.includes('.') ? text : text.replace('e', '.0e');
}
