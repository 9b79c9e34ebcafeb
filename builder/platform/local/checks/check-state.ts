import type { FoundPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { secretNames } from '../state/platform-secrets.js';
import type { Checked } from './problem.js';

type State = Pick<LocalContext, 'secrets' | 'names'>;

/**
 * Whether secrets are gone that what is there was made with. A new one in their place would lock out tasks that run, and log
 * everybody out: it is made only where that is asked for.
 */
export function checkSecrets(
  { secrets, names }: State,
  { volumes, parts }: Pick<FoundPlatform, 'volumes' | 'parts'>,
): Checked {
  const name = 'secrets';
  const { folder } = secrets.files;
  const missing = secrets.missing();
  const isNew =
    missing.length === secretNames.length &&
    Object.keys(parts).length === 0 &&
    !volumes.includes(names.of('database'));
  if (missing.length === 0 || isNew)
    return { name, problems: [], detail: isNew ? 'made at the first run' : folder };
  const files = missing.map((one) => secrets.files.path(one)).join(', ');
  const what = missing.length === 1 ? 'A secret' : 'Secrets';
  const message = `${what} of ${names.environment} that its database and tasks were made with ${missing.length === 1 ? 'is' : 'are'} gone: ${files}`;
  const hint = `Put the files back from a copy of ${folder}; or have new ones made, with --new-secrets: tasks are replaced then, and who is logged in must log in again.`;
  return { name, problems: [{ message, hint }], detail: files };
}

/** Whether the environment's certificate authority is whole: without it nothing can be signed again. */
export function checkAuthority({ authority, names }: Pick<LocalContext, 'authority' | 'names'>): Checked {
  const name = 'certificates';
  if (!authority.isLost()) return { name, problems: [], detail: authority.certificatePath };
  const message = `The certificate authority of ${names.environment} has lost its key or its certificate`;
  const hint = 'The next "platen provision" makes a new one, which browsers must trust again.';
  return { name, detail: message, problems: [{ message, hint, isMended: true }] };
}

/** Whether parts that run are connected with each other. */
export function checkNetwork(
  { names }: Pick<LocalContext, 'names'>,
  { network, parts }: Pick<FoundPlatform, 'network' | 'parts'>,
): Checked {
  const name = 'network';
  const cutOff = Object.entries(parts)
    .filter(([, { state, addresses }]) => state === 'running' && !addresses[names.network])
    .map(([part]) => part);
  const isGone = network === undefined && Object.keys(parts).length > 0;
  if (cutOff.length === 0 && !isGone)
    return { name, problems: [], detail: network?.subnet ?? 'made at the first run' };
  const message = isGone
    ? `The network ${names.network} is gone`
    : `Cut off from the network ${names.network}: ${cutOff.join(', ')}`;
  const hint = 'The next "platen provision" makes it whole; containers that were cut off are replaced.';
  return { name, detail: message, problems: [{ message, hint, isMended: true }] };
}
