import t from 'tap';
import { nameHint, nearestName } from './nearest-name.js';

t.test('the nearest name is found where it is near enough', (t) => {
  const names = ['playbook', 'platform', 'base'];
  t.equal(nearestName('plybook', names), 'playbook');
  t.equal(nearestName('palybook', names), 'playbook');
  t.equal(nearestName('Base', names), 'base');
  t.equal(nearestName('entrypoint', names), undefined);
  t.equal(nearestName('x'.repeat(5000), names), undefined);
  t.equal(nameHint('entrypoint', names), 'Known are: playbook, platform, base.');
  t.equal(nameHint('entrypoint', []), 'There are none.');
  const many = Array.from({ length: 23 }, (_, index) => `image-${index}:latest`);
  t.match(nameHint('entrypoint', many), /^Known are: image-0:latest, .*, image-19:latest and 3 more\.$/);
  t.end();
});
