import t from 'tap';
import { BuilderError, SpecError } from './errors.js';

t.test('a SpecError carries the origin and hint of its first problem', (t) => {
  const origin = { file: 'a.yaml', line: 1, column: 2 };
  const error = new SpecError([
    new BuilderError('one', { code: 'invalid', origin, hint: 'mend it' }),
    new BuilderError('two', { code: 'invalid' }),
  ]);
  t.match(error, { name: 'SpecError', message: 'one; two', code: 'invalid', origin, hint: 'mend it' });
  t.end();
});
