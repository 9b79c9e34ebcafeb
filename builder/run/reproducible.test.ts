import t from 'tap';
import { SmallProject } from './fixtures/small-project.js';

t.test('file steps give the same layer on every machine', async (t) => {
  const small = await SmallProject.create(t.testdir(), {
    'playbooks/small.yml': `- hosts: all
  vars: { port: 8080, names: [one, two] }
  tasks:
    - file: { path: /srv/site/logs, state: directory, owner: 33, group: "44", mode: u=rwX,go=rX }
    - copy: { content: "a\\nb\\n", dest: /srv/site/list }
    - lineinfile: { path: /srv/site/list, regexp: ^a, line: "A={{ port }}" }
    - blockinfile: { path: /srv/site/list, block: "{{ names | join(' ') }}" }
    - replace: { path: /srv/site/list, regexp: one, replace: "1" }
    - template: { src: page.hbs, dest: /srv/site/page, mode: "0600" }
    - template: { src: page.j2, dest: "/srv/site/{{ item }}" }
      loop: "{{ names }}"
    - file: { src: page, dest: /srv/site/link, state: link }
    - file: { src: /srv/site/page, dest: /srv/site/hard, state: hard }
`,
    'playbooks/templates/page.hbs': '{{#each names}}{{this}}:{{/each}}{{port}}\n',
    'playbooks/templates/page.j2': '{% for name in names %}\n{{ name }}\n{% endfor %}\n',
  });
  const { layers } = await small.build();
  t.equal(layers.at(-1)?.diffId, 'sha256:7a4b3b406a4b877658efbc5add499a76ead3dd421b9caefa4878945d18097387');
});
