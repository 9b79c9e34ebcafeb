import { identityOfUser } from './accounts.js';
import { applyAttributes, type Attributes } from './attributes.js';
import type { ModuleContext } from '../module.js';
import { shellWords } from './shell-words.js';
import { TaskFailure } from '../task-failure.js';

/** A temporary path for a file during validation. */
const waitingPlace = '/tmp/.ansible-validate';

/** Runs a command with `%s` on new contents of a file. @throws TaskFailure if it refuses them */
export async function validateFile(
  command: string,
  file: { readonly bytes: Buffer | { readonly path: string }; readonly attributes: Attributes },
  context: ModuleContext,
): Promise<void> {
  if (!command.includes('%s')) throw new TaskFailure(`validate must contain %s: ${command}`);
  const { root, environment, user } = context;
  const identity = identityOfUser(root, user);
  const content = Buffer.isBuffer(file.bytes) ? { content: file.bytes } : { hostFile: file.bytes.path };
  root.put(waitingPlace, { type: 'file', mode: 0o600, ...identity, ...content });
  applyAttributes(root, waitingPlace, file.attributes);
  const argv = shellWords(command.replace('%s', waitingPlace).replaceAll('%%', '%'));
  const result = await context.exec({ argv, environment, user, reads: 'everything' });
  root.remove(waitingPlace);
  if (result.exitCode === 0) return;
  const { exitCode, stdout, stderr } = result;
  throw new TaskFailure(`failed to validate: rc:${exitCode} error:${stderr.trim()}`, {
    exit_status: exitCode,
    stdout,
    stderr,
  });
}
