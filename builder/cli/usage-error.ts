import type { CommanderError } from 'commander';
import { BuilderError } from '../errors.js';

/** Commander's complaint as one of ours: `error: unknown option '--tga'\n(Did you mean --tag?)`. */
export function usageError({ message, code }: CommanderError): BuilderError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const words = first.replaceAll("'", '"').replace(/\.$/, '');
  const hint = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return new BuilderError(words.charAt(0).toUpperCase() + words.slice(1), {
    code: 'usage',
    hint: hint || hints[code] || 'See platen --help.',
  });
}

const hints: Readonly<Record<string, string>> = {
  'commander.excessArguments': 'See platen --help for what each command takes.',
};
