import { TaskFailure } from '../task-failure.js';

/** Splits a command line like Python's shlex.split (POSIX quoting, no expansion). @throws TaskFailure for an open quotation */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const letter = line[at] as string;
    at += 1;
    if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= '';
    if (letter === '\\') {
      word += line[at] ?? '';
      at += 1;
    } else if (letter === "'" || letter === '"') {
      const end = closing(line, at, letter);
      const inner = line.slice(at, end);
      word += letter === '"' ? inner.replace(/\\(["\\])/g, '$1') : inner;
      at = end + 1;
    } else word += letter;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function closing(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === quote) return at;
    if (line[at] === '\\' && quote === '"') at += 1;
  }
  throw new TaskFailure(`No closing quotation in: ${line}`);
}

/** Quotes a word for sh, like Python's shlex.quote. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
