import type { TerminalStream } from '../cli/terminal-stream.js';

/** A terminal, as far as platen's live lines need one: what is written shows where the cursor is, and scrolls at the end. */
export class Screen implements TerminalStream {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** All that was written, escape sequences and all. */
  readonly writes: string[] = [];
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    [this.columns, this.rows] = [columns, rows];
  }

  /** The lines from the first that was ever written, without those that are empty at the end. */
  get text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** What is not scrolled away. */
  get visible(): string[] {
    return this.#lines.slice(-this.rows);
  }

  /** Becomes narrower or wider; lines that are too long are wrapped, as most terminals do. */
  resize(columns: number, rows = this.rows): void {
    const fromEnd = this.#lines.length - this.#row;
    this.#lines = this.#lines.flatMap((line) => wrapped(line, columns));
    this.#row = this.#lines.length - fromEnd;
    [this.columns, this.rows] = [columns, rows];
  }

  write(text: string): void {
    this.writes.push(text);
    for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+/g)) this.#take(token);
  }

  #take(token: string): void {
    const [, parameter = '', command = ''] = /^\x1b\[([?\d;]*)([A-Za-z])$/.exec(token) ?? [];
    const top = Math.max(0, this.#lines.length - this.rows);
    if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#newLine();
    else if (command === 'A') this.#row = Math.max(top, this.#row - Number(parameter || 1));
    else if (command === 'K') this.#lines[this.#row] = '';
    else if (command === 'J') this.#lines.splice(this.#row, Infinity, this.#line.slice(0, this.#column));
    else if (command === '') this.#put(token);
  }

  get #line(): string {
    return this.#lines[this.#row] ?? '';
  }

  #newLine(): void {
    [this.#row, this.#column] = [this.#row + 1, 0];
    if (this.#row === this.#lines.length) this.#lines.push('');
  }

  #put(text: string): void {
    const before = this.#line.padEnd(this.#column);
    this.#lines[this.#row] = before.slice(0, this.#column) + text + before.slice(this.#column + text.length);
    this.#column += text.length;
  }
}

function wrapped(line: string, columns: number): string[] {
  const text = line.trimEnd();
  const pieces = Array.from({ length: Math.ceil(text.length / columns) }, (_, index) =>
    text.slice(index * columns, (index + 1) * columns),
  );
  return pieces.length === 0 ? [''] : pieces;
}
