import t from 'tap';
import { dependentsOf, stackWaves } from './stack-graph.js';

const graph = new Map([
  ['service', ['cluster', 'files', 'elsewhere']],
  ['files', ['network']],
  ['network', []],
  ['cluster', []],
  ['alarms', ['service']],
]);

t.test('stacks come in waves, each after what it needs', async (t) => {
  t.strictSame(stackWaves(graph), [['network', 'cluster'], ['files'], ['service'], ['alarms']]);
  t.strictSame(stackWaves(new Map()), []);
});

t.test('what needs a stack, directly or by others', async (t) => {
  t.strictSame(dependentsOf(graph, ['network']).sort(), ['alarms', 'files', 'service']);
  t.strictSame(dependentsOf(graph, ['alarms']), []);
});

t.test('a circle is told whole', async (t) => {
  const circle = new Map([
    ['first', ['a']],
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['a']],
  ]);
  t.throws(() => stackWaves(circle), { message: 'Stacks need each other in a circle: a → b → c → a' });
  t.throws(() => stackWaves(new Map([['a', ['a']]])), { message: /a → a$/ });
});
