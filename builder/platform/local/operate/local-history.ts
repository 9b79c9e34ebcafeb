import type { PastDeployment } from '../../platform-status.js';
import type { LocalContext } from '../local-context.js';
import { DeploymentRecords } from '../service/deployment-record.js';

/** The deployments that Docker's labels remember, the newest first. */
export async function localHistory({ docker, names }: LocalContext): Promise<PastDeployment[]> {
  const records = await new DeploymentRecords(docker, names).list();
  return records.map(({ image, ended, outcome, revision, reason }) => ({
    image,
    ended,
    // What is recorded as failed was rolled back where something ran before.
    outcome,
    wanted: String(revision),
    reason,
  }));
}
