import t from 'tap';
import { variableValues } from './variable-values.js';

const declarations = {
  php: { type: 'string', default: '8.4', choices: ['8.3', '8.4'], required: false },
  workers: { type: 'integer', default: 4, required: false },
  ratio: { type: 'number', required: false },
  debug: { type: 'boolean', default: false, required: false },
  themes: { type: 'list', required: false },
  limits: { type: 'mapping', required: false },
} as const;

function given(values: Record<string, string>): unknown {
  return variableValues(declarations as never, values).given;
}

t.test('values become what their variables are declared as', (t) => {
  t.strictSame(variableValues(declarations as never, {}), {
    defaults: { php: '8.4', workers: 4, debug: false },
    given: {},
  });
  t.strictSame(
    given({ php: '8.3', workers: '-12', ratio: '.5', debug: 'Yes', themes: 'a, b', limits: '{"a": [1]}' }),
    { php: '8.3', workers: -12, ratio: 0.5, debug: true, themes: ['a', 'b'], limits: { a: [1] } },
  );
  t.strictSame(given({ themes: '["a,b", 1]' }), { themes: ['a,b', 1] });
  t.strictSame(given({ themes: '' }), { themes: [] });
  t.end();
});

t.test('values that are of another type are refused', (t) => {
  const cases: [string, string, RegExp][] = [
    ['workers', '1.5', /"workers" must be a whole number, and "1.5" is not/],
    ['workers', '', /whole number/],
    ['ratio', 'NaN', /a number/],
    ['debug', 'maybe', /true or false/],
    ['debug', 'constructor', /true or false/],
    ['themes', '[1', /a list/],
    ['limits', '[1]', /a mapping/],
    ['php', '7.4', /can't be "7.4"/],
  ];
  for (const [name, text, message] of cases)
    t.throws(() => given({ [name]: text }), { code: 'usage', message }, `${name}=${text}`);
  t.end();
});

t.test('unknown and missing variables', (t) => {
  t.throws(() => given({ worker: '1' }), {
    code: 'usage',
    message: 'There is no variable "worker"',
    hint: 'Did you mean "workers"?',
  });
  t.throws(() => given({ ['__proto__']: '1' }), { message: /There is no variable "__proto__"/ });
  t.throws(() => variableValues({ key: { type: 'string', required: true } }, {}), {
    code: 'usage',
    message: 'The variable "key" needs a value',
    hint: 'Give it one: --var key=…',
  });
  t.end();
});
