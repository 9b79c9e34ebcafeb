import { resolve } from 'node:path';
import type { Command } from 'commander';
import { collectOption } from './collect-option.js';
import type { Environment } from '../environment.js';
import type { VaultSource } from '../playbook/vault/vault-password.js';
import { usage } from './usage.js';

/** The options that say where passwords of ansible-vault are, as commander gives them. */
export interface VaultFlags {
  readonly vaultId?: string[];
  readonly vaultPasswordFile?: string[];
}

/** Adds the options of `VaultFlags`. */
export function addVaultOptions(command: Command): Command {
  return command
    .option(
      '--vault-password-file <file>',
      'decrypt what ansible-vault encrypted with the password in this file, or that this program prints; may be given more than once',
      collectOption,
    )
    .option(
      '--vault-id <name@file>',
      'the same for the vault password of this name; may be given more than once',
      collectOption,
    );
}

/**
 * Where passwords of ansible-vault are, in the order in which ansible-playbook tries them: ANSIBLE_VAULT_IDENTITY_LIST,
 * `--vault-id`, `--vault-password-file`, ANSIBLE_VAULT_PASSWORD_FILE (lib/ansible/cli, build_vault_ids).
 * @throws BuilderError `usage` for a password that is to be typed
 */
export function vaultSources(
  { vaultId = [], vaultPasswordFile = [] }: VaultFlags,
  { variables, workingFolder }: { readonly variables: Environment; readonly workingFolder: string },
): VaultSource[] {
  const listed = (variables['ANSIBLE_VAULT_IDENTITY_LIST'] ?? '').split(',').map((one) => one.trim());
  const file = variables['ANSIBLE_VAULT_PASSWORD_FILE'] ?? '';
  const files = [...vaultPasswordFile, file].map((path) => `default@${path}`);
  return [...listed, ...vaultId, ...files].flatMap((text) => {
    const [, id = 'default', path = ''] = /^(?:([^@]*)@)?(.*)$/s.exec(text) ?? [];
    if (path === '') return [];
    if (path === 'prompt' || path === 'prompt_ask_vault_pass')
      throw usage(
        `--vault-id ${text} asks for a password, and a build asks nothing`,
        'Name a file, or a program that prints it.',
      );
    return [{ id, path: resolve(workingFolder, path.replace(/^~(?=\/)/, variables['HOME'] ?? '~')) }];
  });
}
