import t from 'tap';
import { imageNames } from './image-names.js';

const all = (tags: readonly string[], registry?: string) => imageNames({ name: 'site', tags, registry }).all;

t.test('each name has a tag', async (t) => {
  t.same(all([]), ['site:latest']);
  t.same(all([':6.8', 'other:1']), ['site:6.8', 'other:1']);
  // Splitting a name without a colon at its colon would drop the last letter.
  t.same(all(['wordpress', 'team/site', 'localhost:5000/site']), [
    'wordpress:latest',
    'team/site:latest',
    'localhost:5000/site:latest',
  ]);
});

t.test('a registry is put before names that say none', async (t) => {
  const { remote } = imageNames({
    name: 'site',
    tags: [':1', 'ghcr.io/team/site:2'],
    registry: 'host:5000/team',
  });
  t.same(remote, ['host:5000/team/site:1', 'ghcr.io/team/site:2']);
});
