import { spawnSync } from 'node:child_process';
import t from 'tap';
import { BuilderError } from '../../errors.js';
import { parseKeyValues } from './key-value.js';

const lines = [
  'src=a dest=b',
  'src="a b" dest=\'c d\'  mode=0644',
  'path=/x state={{ state | default("a b") }} owner={{ owner }}',
  'msg="{{ a }} and {{ b }}"',
  'echo hi creates=/x chdir="/a b"',
  'echo "a  b"   c=d | grep x=1 > /tmp/{{ y }}',
  "sed -i 's/a=b/c=d/' /etc/x",
  'a=1\nb=2\nc="x y"',
  'echo one \\\n  two',
  'line one\n  line two\n',
  'a\\=b c=d',
  'text="tab\\there \\x41 \\u00e9"',
  'regexp=\'^a=\\\\d+$\' line="x=1"',
  '{% if x %}a=b{% endif %} c=d',
  'x={{ "}}" }}',
  'a="b\nc" d=e',
  'trailing=1   ',
  'empty= other=""',
  'quote="it\'s" other=\'say "x"\'',
  '',
  'unbalanced="x',
  'open={{ x',
];

const script = `
import json, sys
from ansible.parsing.splitter import parse_kv
out = []
for line in json.load(sys.stdin):
    for raw in (False, True):
        try:
            out.append(parse_kv(line, check_raw=raw))
        except Exception:
            out.append('refused')
print(json.dumps(out))
`;

t.test('key=value strings come apart as with Ansible', async (t) => {
  const theirs = spawnSync('/usr/bin/python3', ['-c', script], {
    input: JSON.stringify(lines),
    encoding: 'utf8',
  });
  const expected = JSON.parse(theirs.stdout) as unknown[];
  for (const [index, line] of lines.entries())
    for (const isCommand of [false, true])
      t.same(ours(line, isCommand), expected[index * 2 + (isCommand ? 1 : 0)], JSON.stringify(line));
});

function ours(line: string, isCommand: boolean): unknown {
  try {
    const { pairs, rest } = parseKeyValues(line, isCommand);
    return { ...pairs, ...(rest !== undefined && { _raw_params: rest }) };
  } catch (error) {
    if (error instanceof BuilderError) return 'refused';
    throw error;
  }
}
