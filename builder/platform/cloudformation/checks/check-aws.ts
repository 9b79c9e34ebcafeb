import { findProgram } from '../../../system/find-program.js';
import type { PlatformCheck } from '../../driver.js';
import { requirePinnedAccount } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pluginHint, sessionPlugin } from '../operate/aws-exec.js';
import { viewPlatform } from '../platform-view.js';
import { type AwsCheck, type Looked, problemOf } from './aws-check.js';
import { nameCheck } from './name-check.js';
import { permissionCheck } from './permission-check.js';
import { quotaCheck } from './quota-check.js';
import { databaseOfferCheck, zoneCheck } from './region-check.js';
import { certificateCheck, stackCheck } from './stack-check.js';

/** All that is looked at once it is known whose credentials these are, side by side. */
const awsChecks: readonly AwsCheck[] = [
  permissionCheck,
  stackCheck,
  nameCheck,
  zoneCheck,
  databaseOfferCheck,
  quotaCheck,
  certificateCheck,
];

/** What would stop a deployment, found before anything is made. Nothing is changed. */
export async function checkAws(context: AwsContext): Promise<PlatformCheck[]> {
  const { credentials, looked } = await look(context);
  const found =
    looked === undefined ? [] : await Promise.all(awsChecks.map((check) => checked(check, looked)));
  return [credentials, ...found, ...checkPlugin(context)];
}

async function look(context: AwsContext): Promise<{ credentials: PlatformCheck; looked?: Looked }> {
  const name = 'credentials';
  try {
    const identity = await requirePinnedAccount(context);
    const detail = `${identity.arn}, account ${identity.account}, region ${context.spec.region}`;
    const view = await viewPlatform(context);
    return { credentials: { name, detail, problems: [] }, looked: { context, identity, view } };
  } catch (error) {
    const problem = problemOf(error);
    return { credentials: { name, detail: problem.message, problems: [problem] } };
  }
}

async function checked({ name, look }: AwsCheck, looked: Looked): Promise<PlatformCheck> {
  try {
    return { name, ...(await look(looked)) };
  } catch (error) {
    const problem = problemOf(error);
    return { name, detail: problem.message, problems: [problem] };
  }
}

/** Only where commands in running tasks are wanted. */
function checkPlugin({ spec, path }: AwsContext): PlatformCheck[] {
  if (!spec.service.exec) return [];
  const found = findProgram(sessionPlugin, path);
  const name = 'plugin';
  const message = `service.exec is on, and ${sessionPlugin} is not installed`;
  return [
    found === undefined
      ? { name, detail: message, problems: [{ message, hint: pluginHint }] }
      : { name, detail: found, problems: [] },
  ];
}
