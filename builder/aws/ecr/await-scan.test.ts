import t from 'tap';
import { awaitScan } from './await-scan.js';
import { severityRank } from './severity.js';
import type { EcrRegistry, ScanAnswer } from './ecr-registry.js';

const image = { repository: 'team/php', digest: 'sha256:0' };

/** A registry that gives these answers, one after the other, and counts the scans that were asked for. */
function scanner(answers: readonly (ScanAnswer | undefined)[]) {
  const left = [...answers];
  let started = 0;
  let now = 0;
  const registry = {
    scanFindings: async () => (left.length > 1 ? left.shift() : left[0]),
    startScan: async () => void started++,
  } as unknown as EcrRegistry;
  const options = { clock: () => now, sleep: async (ms: number) => void (now += ms) };
  return { registry, options, started: () => started, now: () => now };
}

const pending = { status: 'IN_PROGRESS', findings: [] };

t.test('a scan is asked for once, and awaited', async (t) => {
  const low = { name: 'b', severity: 'LOW' };
  const odd = { name: 'a', severity: 'UNTRIAGED' };
  const { registry, options, started } = scanner([
    undefined,
    undefined,
    pending,
    { status: 'COMPLETE', findings: [odd, low] },
  ]);
  t.strictSame(await awaitScan(registry, image, options), [low, odd]);
  t.equal(started(), 1);
});

t.test('continuous scanning is done when it is active', async (t) => {
  const { registry, options, started } = scanner([{ status: 'ACTIVE', findings: [] }]);
  t.strictSame(await awaitScan(registry, image, options), []);
  t.equal(started(), 0);
});

t.test('what can not be scanned, and what takes too long', async (t) => {
  const unsupported = scanner([
    { status: 'UNSUPPORTED_IMAGE', description: 'no operating system', findings: [] },
  ]);
  await t.rejects(awaitScan(unsupported.registry, image, unsupported.options), {
    code: 'failed',
    message: 'ECR has not scanned team/php@sha256:0: UNSUPPORTED_IMAGE: no operating system',
  });
  const slow = scanner([pending]);
  await t.rejects(awaitScan(slow.registry, image, { ...slow.options, timeoutMs: 120_000 }), {
    message: /it takes longer than 2 minutes$/,
  });
  t.ok(slow.now() <= 120_000);
});

t.test('severities in their order, whatever their case', async (t) => {
  const words = ['UNTRIAGED', 'INFORMATIONAL', 'Low', 'MEDIUM', 'HIGH', 'critical'];
  t.strictSame(words.map(severityRank), [0, 1, 2, 3, 4, 5]);
});
