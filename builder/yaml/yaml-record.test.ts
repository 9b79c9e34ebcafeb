import t from 'tap';
import { Float, toFloat } from '../jinja/python/float.js';
import { parseYaml, readYaml, sourceDocument, type YamlPath } from './yaml.js';
import { restoreYaml, yamlRecord } from './yaml-record.js';

const options = { float: toFloat };

const paths = (value: unknown, path: YamlPath = []): YamlPath[] =>
  typeof value !== 'object' || value === null
    ? [path]
    : [
        path,
        ...Object.entries(value).flatMap(([key, item]) =>
          paths(item, [...path, Array.isArray(value) ? Number(key) : key]),
        ),
      ];

for (const text of [
  '',
  '- one',
  '# only a comment\n',
  '"a lone text"',
  'a: 1\nb:\n  - {c: 0755, d: [x, yes, ~]}\n  - "two\\nlines"\n10: ten\n2: two\ntrue: 0.5\n',
  'base: &base\n  x: 1\n  y: {z: 2}\nown:\n  <<: *base\n  x: 3\nagain: [*base, *base]\n',
  '  \n\nlist:\n- name: Write\n  copy:\n    content: |\n      a\n      b\n    dest: /x\n',
])
  t.test(`a document comes back with all its places: ${JSON.stringify(text).slice(0, 40)}`, async (t) => {
    const before = parseYaml(text, 'x.yml', options);
    const record = yamlRecord(readYaml(text, 'x.yml', options));
    const kept = JSON.parse(JSON.stringify(record)) as NonNullable<typeof record>;
    const after = sourceDocument(text, 'x.yml', restoreYaml(kept));
    t.strictSame(after.data, before.data);
    t.equal(JSON.stringify(after.data), JSON.stringify(before.data), 'in the same order');
    for (const path of [...paths(before.data), ['absent'], ['list', 0, 'absent', 1]]) {
      t.strictSame(after.originOf(path), before.originOf(path), path.join('.'));
      t.strictSame(after.originOfKey(path), before.originOfKey(path), path.join('.'));
    }
  });

t.test('what JSON would change is not kept', async (t) => {
  t.ok(parseYaml('1.0', 'x.yml', options).data instanceof Float);
  for (const text of ['a: [1.0]', '.inf', '-.inf', 'x: {y: .nan}', '-0.0'])
    t.equal(yamlRecord(readYaml(text, 'x.yml', options)), undefined, text);
  t.equal(yamlRecord(readYaml('.nan', 'x.yml')), undefined);
});
