import t from 'tap';
import { churn } from '../run/fixtures/churn.js';
import { SmallProject } from '../run/fixtures/small-project.js';

t.test('what a long command leaves is the same, read while it ran or at its end', async (t) => {
  const small = await SmallProject.create(t.testdir(), {});
  const build = async (pause: string) => {
    const script = churn('/srv/churn', pause).replace(/^/gm, '        ');
    small.write({
      'playbooks/small.yml': `- hosts: all\n  tasks:\n    - name: Churn\n      shell: |\n${script}`,
    });
    const { layers, steps } = await small.build();
    return { diffIds: layers.map(({ diffId }) => diffId), ms: steps[0]?.ms ?? 0 };
  };
  const quick = await build('0');
  const slow = await build('0.35');
  t.ok(quick.ms < slow.ms / 2, `${quick.ms} ms: read at its end`);
  t.ok(slow.ms > 12_000, `${slow.ms} ms: read three times before`);
  t.strictSame(slow.diffIds, quick.diffIds);
});
