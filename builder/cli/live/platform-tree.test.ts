import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import type { PlatformEvent } from '../../platform-event.js';
import { PlatformTree } from './platform-tree.js';

const size = { columns: 72, rows: 24 };
const parts = ['registry', 'network', 'database', 'service'];
const begin: PlatformEvent = { kind: 'phase-started', environment: 'dev', phase: 'deploy', parts };

/** Events, each with the second at which it comes. */
type Timeline = readonly (readonly [second: number, event: PlatformEvent])[];

function treeOf(timeline: Timeline): PlatformTree {
  const tree = new PlatformTree((_, text) => text);
  for (const [second, event] of timeline) tree.follow(event, second * 1000);
  return tree;
}

const started = (part: string, type?: string): PlatformEvent => ({
  kind: 'part-started',
  part,
  action: 'create',
  type,
});
const changed = (part: string): PlatformEvent => ({ kind: 'part-changed', part, change: 'created', ms: 1 });
const progress = (stack: string, done: number, total: number): PlatformEvent => ({
  kind: 'stack-progress',
  stack,
  done,
  total,
  state: 'in-progress',
});

const underWay: Timeline = [
  [0, begin],
  [1, changed('registry')],
  [1, started('network')],
  [2, started('network/Vpc', 'AWS::EC2::VPC')],
  [5, changed('network/Vpc')],
  [5, progress('network', 1, 30)],
  [5, started('network/Gateway', 'AWS::EC2::InternetGateway')],
  [6, { kind: 'part-settling', part: 'network/Gateway' }],
  [7, started('network/Subnet', 'AWS::EC2::Subnet')],
  [8, { kind: 'part-started', part: 'database', action: 'compare' }],
];

t.test('stacks under way, what they are at, and what waits', async (t) => {
  t.same(treeOf(underWay).lines(size, 65_000), [
    'dev: deploying, 1 of 4 stacks                                 1 min 05 s',
    '  network                                     create 1 of 30  1 min 04 s',
    '    Gateway  EC2::InternetGateway                   settling  1 min 00 s',
    '    Subnet  EC2::Subnet                                             58 s',
    '  database                                           compare        57 s',
    '  waiting: service',
  ]);
});

t.test('a roll-back counts down, and what was given up is gone', async (t) => {
  const tree = treeOf([
    ...underWay,
    [70, { kind: 'part-failed', part: 'network/Subnet', ms: 63_000, reason: 'no room' }],
    [70, { kind: 'part-cancelled', part: 'network/Gateway' }],
    [71, { kind: 'stack-progress', stack: 'network', done: 0, total: 30, state: 'rolling-back' }],
    [72, { kind: 'part-started', part: 'network/Vpc', action: 'remove', type: 'AWS::EC2::VPC' }],
    [90, { kind: 'stack-progress', stack: 'network', done: 18, total: 30, state: 'rolling-back' }],
  ]);
  const lines = tree.lines(size, 92_000);
  t.match(lines[1], /^ {2}network +rolling back, 12 of 30 left +1 min 31 s$/);
  t.match(lines[2], /^ {4}Vpc {2}EC2::VPC +remove +20 s$/);
  t.notMatch(lines.join('\n'), /Subnet|Gateway/);
  tree.follow({ kind: 'part-failed', part: 'network', ms: 1, reason: 'rolled back' }, 93_000);
  t.match(tree.lines(size, 93_000)[0], /^dev: deploying, 1 of 4 stacks, 1 failed/);
});

t.test('a deployment is told below the stack that makes it', async (t) => {
  const traffic = { service: 'dev-wordpress', testTraffic: 0, state: 'in-progress' } as const;
  const tree = treeOf([
    [0, begin],
    [0, started('service')],
    [1, { kind: 'deployment-stage', stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 10, ...traffic }],
  ]);
  t.match(tree.lines(size, 2000)[2], /^ {4}production traffic shift: 10 % of visitors on the new revision/);
});

t.test(
  'whatever the terminal, lines fit its width and its height, and say what they leave out',
  async (t) => {
    const many = Array.from({ length: 30 }, (_, index) => `stack-with-a-long-name-${index}`);
    const timeline: [number, PlatformEvent][] = [[0, { ...begin, parts: many } as PlatformEvent]];
    for (const name of many) {
      timeline.push([1, started(name)], [1, progress(name, 0, 70)]);
      for (let index = 0; index < 67; index += 1)
        timeline.push([2, started(`${name}/Resource${index}`, 'AWS::CloudFormation::WaitConditionHandle')]);
    }
    const tree = treeOf(timeline);
    for (const columns of [10, 20, 40, 79, 200])
      for (const rows of [0, 1, 2, 5, 24, 60, 3000]) {
        const lines = tree.lines({ columns, rows }, 3_600_000).map(stripVTControlCharacters);
        t.ok(lines.length <= rows, `${lines.length} lines in ${rows} rows`);
        t.ok(Math.max(0, ...lines.map((line) => line.length)) <= columns, `${columns} columns`);
      }
    const small = tree.lines({ columns: 79, rows: 10 }, 1000);
    t.match(small[9], /… and 22 more/, 'of stacks');
    const middle = tree.lines({ columns: 79, rows: 100 }, 1000);
    t.equal(middle.filter((line) => /^ {2}stack/.test(line)).length, 30, 'each stack has a line');
    t.match(middle.join('\n'), /^ {4}… and 6\d more/m, 'of resources');
  },
);

t.test('a slash in the name of what is no resource is part of it', async (t) => {
  const tree = treeOf([[0, begin]]);
  const secret: PlatformEvent = { kind: 'part-started', part: 'site/salts', action: 'remove' };
  tree.follow(secret, 0);
  t.match(tree.lines(size, 0)[1], /^ {2}site\/salts +remove/);
  t.equal(tree.follow(changed('site/salts'), 0), false, 'its end is told for good');
  t.notMatch(tree.lines(size, 0).join('\n'), /site/);
});

t.test('nothing that runs, nothing shown', async (t) => {
  t.same(treeOf([]).lines(size, 0), []);
  t.ok(
    treeOf([
      [0, started('database')],
      [1, changed('database')],
    ]).isIdle,
  );
  t.notOk(treeOf([[0, begin]]).isIdle);
});
