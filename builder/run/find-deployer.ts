import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { Environment } from '../environment.js';
import type { Deployer } from '../platform/cloudformation/aws-context.js';

const run = promisify(execFile);

/** The deploying user, branch and commit: from a pipeline's variables, else from this machine and git. */
export async function findDeployer(projectFolder: string, environment: Environment): Promise<Deployer> {
  const { GITHUB_ACTOR: actor, GITHUB_REPOSITORY: repository, BUILD_TAG: jenkins } = environment;
  const who =
    actor !== undefined && repository !== undefined
      ? `${actor} by GitHub Actions of ${repository}`
      : (jenkins ?? `${userInfo().username}@${hostname()}`);
  const [branch, commit] = await Promise.all([
    git(projectFolder, 'rev-parse', '--abbrev-ref', 'HEAD'),
    git(projectFolder, 'rev-parse', '--short', 'HEAD'),
  ]);
  return { who, branch: environment['GITHUB_REF_NAME'] ?? branch, commit };
}

/** Git's output; undefined without git, repository or result. */
async function git(folder: string, ...argv: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', ['-C', folder, ...argv]);
    const said = stdout.trim();
    return said === '' || said === 'HEAD' ? undefined : said;
  } catch {
    return undefined;
  }
}
