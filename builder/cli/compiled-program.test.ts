import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { awsAnswers } from '../testing/aws-answers.js';
import { withoutCoverage } from '../testing/platen-program.js';

/** What `npm run compile` made, as `npm test` does before: other tests run the sources, which may import what a script may not. */
const program = resolve('dist/builder/cli/main.js');

t.test('the compiled program speaks with AWS', async (t) => {
  const identity =
    '<Arn>arn:aws:iam::111122223333:user/ann</Arn><UserId>A</UserId><Account>111122223333</Account>';
  const questions = await awsAnswers(t, () => ({
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
  }));
  const folder = t.testdir({
    images: {},
    playbooks: {},
    'infra-cfn': {
      stacks: t.fixture('symlink', resolve('infra-cfn/stacks')),
      'platform.yaml': t.fixture('symlink', resolve('infra-cfn/platform.yaml')),
      environments: { 'other.yaml': "account: '999999999999'\nregion: eu-central-1\n" },
    },
  });
  const line = `${withoutCoverage} exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', line, process.execPath, program, 'status', '--env', 'other'], {
    cwd: folder,
    env: { ...process.env, XDG_CACHE_HOME: `${folder}/cache` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  t.match(said, /These credentials are of the AWS account 111122223333/);
  t.equal(exitCode, 2);
  t.same(
    questions.map(({ action }) => action),
    ['GetCallerIdentity'],
  );
});
