import t from 'tap';
import { mayRestart } from './may-restart.js';

const ended = (seconds: number, exitCode = 1) => ({
  exitCode,
  startedAt: '2026-11-29T12:00:00.5Z',
  finishedAt: new Date(Date.parse('2026-11-29T12:00:00.5Z') + seconds * 1000).toISOString(),
});

t.test('a container is started again as its policy says', async (t) => {
  const policy = { Enabled: true, IgnoredExitCodes: [0], RestartAttemptPeriod: 60 };
  t.ok(mayRestart(policy, ended(60)));
  t.notOk(mayRestart(policy, ended(59)), 'it ended too early');
  t.notOk(mayRestart(policy, ended(600, 0)), 'the code is ignored');
  t.notOk(mayRestart({ ...policy, Enabled: false }, ended(600)));
  t.notOk(mayRestart(undefined, ended(600)));
  t.notOk(mayRestart({ Enabled: true }, ended(299)), '300 s where it does not say');
  t.ok(mayRestart({ Enabled: true }, ended(300)));
});
