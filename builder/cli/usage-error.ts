import type { CommanderError } from 'commander';
import type { BuilderError } from '../errors.js';
import { usage } from './usage.js';

/** Turns an error of Commander (`error: unknown option '--tga'\n(Did you mean --tag?)`) into a BuilderError. `command` is the called command. */
export function usageError({ message, code }: CommanderError, command: string | undefined): BuilderError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const { of, value, choices } = wrongChoice(first);
  if (choices !== undefined) return usage(`"${value}" is not a value of ${of}`, `Use one of ${choices}.`);
  const words = first.replaceAll("'", '"').replace(/\.$/, '');
  const hint = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const isKnown = code !== 'commander.unknownCommand' && command?.startsWith('-') === false;
  const help = `See platen ${isKnown ? `${command} ` : ''}--help.`;
  return usage(words.charAt(0).toUpperCase() + words.slice(1), hint || help);
}

const choices = [
  /^option '(?<of>--[a-z-]+)[^']*' argument '(?<value>.*)' is invalid\. Allowed choices are (?<choices>.*)\.$/,
  /^command-argument value '(?<value>.*)' is invalid for argument '(?<of>.*)'\. Allowed choices are (?<choices>.*)\.$/,
];

function wrongChoice(message: string): { of?: string; value?: string; choices?: string } {
  return choices.map((form) => form.exec(message)?.groups).find((groups) => groups !== undefined) ?? {};
}
