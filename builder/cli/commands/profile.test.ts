import { PassThrough } from 'node:stream';
import t from 'tap';
import type { BuildContext } from '../../context.js';
import type { Work } from '../command-line.js';
import { runCommandLine } from '../run-command-line.js';

t.test("an environment's profile takes the place of AWS_PROFILE", async (t) => {
  const workingFolder = t.testdir({
    images: {},
    playbooks: {},
    'infra-cfn': {
      environments: {
        'prod.yaml': 'profile: production\nregistry: { host: "localhost:5000" }\n',
        'dev.yaml': 'registry: { host: "localhost:5000" }\n',
      },
    },
  });
  const profiles: (string | undefined)[] = [];
  const note = ({ environment }: Pick<BuildContext, 'environment'>): Promise<never> => {
    profiles.push(environment['AWS_PROFILE']);
    return Promise.reject(new Error('enough'));
  };
  const work: Partial<Work> = {
    pushImage: (_, context) => note(context),
    buildImage: (_, context) => note(context),
  };
  const out = { write: () => true };
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  for (const line of ['push web --env prod', 'push web --env dev', 'build web --push --env prod'])
    await runCommandLine(line.split(' '), {
      stdout: out,
      stderr: out,
      streams,
      environment: { XDG_CONFIG_HOME: '/nowhere', AWS_PROFILE: 'own' },
      workingFolder,
      signal: new AbortController().signal,
      work: work as Work,
    });
  t.strictSame(profiles, ['production', 'own', 'production']);
});
