import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { serveFiles } from '../../builder/testing/file-server.js';
import { completeInstaller, startSite } from '../../builder/testing/wordpress-site.js';

// Three cold builds on a slow machine.
t.setTimeout(1_800_000);

const code = t.testdir({
  secrets: { password: 'secret\n' },
  acme: {
    'style.css': '/*\nTheme Name: Acme\n*/\nbody { color: #123456 }\n',
    'index.php': `<?php wp_head(); echo '<p>the theme of Acme: ' . get_bloginfo('name') . '</p>'; wp_footer();`,
  },
  'acme-must': {
    'acme-must.php': `<?php add_action('wp_footer', function () { echo '<a href="' . plugins_url('must.txt', __FILE__) . '">must</a>'; });`,
    'must.txt': 'must-use',
  },
  archive: {
    'acme-tools': {
      'tools.php': `<?php
/* Plugin Name: Acme Tools */
register_activation_hook(__FILE__, function () { update_option('acme_tools_since', time()); });
add_action('wp_footer', function () { echo '<a href="' . plugins_url('tools.txt', __FILE__) . '">tools</a>'; });`,
      'tools.txt': 'tools',
    },
    'acme-idle': {
      'acme-idle.php': `<?php /* Plugin Name: Acme Idle */ add_action('wp_footer', function () { echo 'idle'; });`,
    },
  },
  release: {},
});

const checksum = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

t.test('what is wrong with themes and plugins is said before anything is built', async (t) => {
  const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ wordpress_source: 'archive' }, /needs wordpress_archive_url, and wordpress_archive_checksum/],
    [
      { wordpress_plugins: [{ name: 'acme', url: 'http://127.0.0.1:1/acme.zip' }] },
      /plugins "acme" comes from a URL and needs its checksum/,
    ],
    [{ wordpress_themes: ['acme'] }, /is like \{"name": "acme", "src": "code\/acme"\}, not "acme"/],
    [{ wordpress_plugins: [{ src: 'acme' }] }, /wordpress_plugins needs a name/],
    [{ wordpress_mu_plugins: [{ name: '../acme', src: 'acme' }] }, /wordpress_mu_plugins needs a name/],
    [
      { wordpress_themes: [{ name: 'acme' }] },
      /themes "acme" needs either src \(a folder\) or url \(an archive\)/,
    ],
    [{ wordpress_themes: [{ name: 'acme', source: 'acme' }] }, /themes "acme" has the unknown key "source"/],
    [
      { wordpress_mu_plugins: [{ name: 'acme', src: 'acme', activate: true }] },
      /must-use plugins are always active/,
    ],
    [
      { wordpress_plugins: [{ name: 'acme', src: 'acme', activate: 'maybe' }] },
      /activate must be true or false/,
    ],
  ];
  for (const [variables, message] of wrong)
    await t.rejects(buildForTest('wordpress', { variables }), { message }, JSON.stringify(variables));
});

t.test('WordPress from an archive, with code of its own', async (t) => {
  const database = await buildForTest('mariadb');
  const debian = await buildForTest('wordpress');
  const tags = [database.reference, debian.reference];
  t.teardown(() => removeTags(...tags));
  const network = await ContainerNetwork.create();
  t.teardown(() => network.remove());

  const release = await releaseOf(debian.reference, network);
  const tools = execFileSync('tar', ['-cz', '-C', join(code, 'archive'), 'acme-tools']);
  const idle = execFileSync('tar', ['-cz', '-C', join(code, 'archive'), 'acme-idle']);
  const server = await serveFiles({
    '/wordpress.tar.gz': release,
    '/tools.tar.gz': tools,
    '/idle.tar.gz': idle,
  });
  t.teardown(() => server.close());
  const own = await buildForTest('wordpress', {
    tag: 'wordpress-own',
    variables: {
      wordpress_source: 'archive',
      wordpress_archive_url: `${server.origin}/wordpress.tar.gz`,
      wordpress_archive_checksum: checksum(release),
      wordpress_themes: [{ name: 'acme', src: join(code, 'acme'), activate: true }],
      wordpress_plugins: [
        {
          name: 'acme-tools',
          url: `${server.origin}/tools.tar.gz`,
          checksum: checksum(tools),
          activate: true,
        },
        { name: 'acme-idle', url: `${server.origin}/idle.tar.gz`, checksum: checksum(idle), activate: false },
      ],
      wordpress_mu_plugins: [{ name: 'acme-must', src: join(code, 'acme-must') }],
    },
  });
  tags.push(own.reference);

  const site = await startSite(network, {
    database: database.reference,
    wordpress: own.reference,
    secrets: join(code, 'secrets'),
  });
  t.match((await completeInstaller(site, 'Acme')).text, 'Success!');
  const { browser, web } = site;
  const front = await browser.get('/');
  t.equal(front.status, 200);
  t.match(front.text, 'the theme of Acme: Acme', 'the theme is active');
  t.notMatch(front.text, 'idle', 'a plugin that is not to be active is not');
  for (const [name, content] of [
    ['tools', 'tools'],
    ['must', 'must-use'],
  ] as const) {
    const url = new RegExp(`<a href="([^"]+)">${name}</a>`).exec(front.text)?.[1] ?? '';
    t.equal((await browser.get(url)).text, content, `${name} knows its own address: ${url}`);
  }
  const query = (sql: string) => site.database.run(`mariadb site --batch --skip-column-names -e "${sql}"`);
  t.match(
    await query("SELECT option_value FROM own_options WHERE option_name = 'acme_tools_since'"),
    /^\d+\n$/,
    'its activation hook ran',
  );
  t.equal((await browser.get('/wp-admin/css/login.min.css')).status, 200, 'the rest of the archive is there');
  t.equal(
    await web.run("find / -xdev '(' -path '/tmp/*' ! -path '/tmp/nginx-*' ')' -o -xdev -name '*.tar.gz'"),
    '',
    'no archive is left in the image',
  );
  t.equal(
    await web.run("dpkg --audit; dpkg-query -W 'wordpress*' 2>/dev/null || true"),
    '',
    'nor is the package',
  );

  await query("UPDATE own_options SET option_value = 'a:0:{}' WHERE option_name = 'active_plugins'");
  t.notMatch((await browser.get('/')).text, '>tools</a>', 'what was switched off stays off');
});

/** What wordpress.org would publish, made of the files of Debian's package with its links followed. */
async function releaseOf(image: string, network: ContainerNetwork): Promise<Buffer> {
  // It does not have to work.
  const environment = { WORDPRESS_DB_HOST: 'nowhere.invalid', WORDPRESS_DB_PASSWORD: 'none' };
  const container = await network.start({ image, alias: 'release', environment });
  await container.run(
    'tar -czhf /tmp/release.tar.gz -C /usr/share --exclude=wordpress/wp-config.php --exclude=wordpress/.htaccess --exclude=wordpress/wp-content/uploads --exclude=wordpress/wp-content/db.php wordpress',
  );
  const folder = join(code, 'release');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'copy.tar'), await container.archive('/tmp/release.tar.gz'));
  await container.remove();
  return execFileSync('tar', ['-xOf', join(folder, 'copy.tar')], { maxBuffer: 1e9 });
}
