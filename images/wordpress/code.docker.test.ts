import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { serveFiles } from '../../builder/testing/file-server.js';
import { wordpressTask } from '../../builder/testing/wordpress-task.js';
import { completeInstaller, logIn, startSite } from '../../builder/testing/wordpress-site.js';

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

  const { release, cli } = await releaseOf(debian.reference, network);
  const tools = execFileSync('tar', ['-cz', '-C', join(code, 'archive'), 'acme-tools']);
  const idle = execFileSync('tar', ['-cz', '-C', join(code, 'archive'), 'acme-idle']);
  const server = await serveFiles({
    '/wordpress.tar.gz': release,
    '/tools.tar.gz': tools,
    '/idle.tar.gz': idle,
    '/wp-cli.phar': cli,
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
      wordpress_cli: { url: `${server.origin}/wp-cli.phar`, checksum: checksum(cli) },
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
  t.notMatch((await web.logs()).stderr, 'upload_path', "no warning of Debian's installer");
  t.match(
    await web.run('cat /usr/share/platen-wp/release'),
    /^6\.8(\.\d+)?-[0-9a-f]{12}\n$/,
    'the version of a release whose code is without blanks',
  );
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

  t.test("what is the image's is shown as such, and stays", async (t) => {
    await logIn(site);
    const plugins = (await browser.get('/wp-admin/plugins.php')).text;
    const row = /<tr[^>]*data-slug="acme-idle"[^]*?<\/tr>/.exec(plugins)?.[0] ?? '';
    t.match(row, 'Part of the image: a new image brings another version.');
    t.match(row, /class='activate'/);
    t.notMatch(row, /class='delete'/);
    const nonce = (await browser.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text;
    const headers = { 'x-wp-nonce': nonce, 'x-http-method-override': 'DELETE' };
    const deleted = await browser.send(
      '/index.php?rest_route=/wp/v2/plugins/acme-idle/acme-idle',
      Buffer.from(''),
      headers,
    );
    t.match(deleted, { status: 403, text: /Part of the image/ });
    await web.run('cat /var/lib/wordpress/wp-content/plugins/acme-idle/acme-idle.php', 'www-data');
    // Uploaded over it, as the admin's form does.
    const form = (await browser.get('/wp-admin/plugin-install.php?tab=upload')).text;
    const zip = await web.run(
      `cd /tmp && mkdir acme-idle && echo '<?php /* Plugin Name: Acme Idle */ echo "theirs";' >acme-idle/acme-idle.php && php -r '$zip = new ZipArchive(); $zip->open("/tmp/acme-idle.zip", ZipArchive::CREATE); $zip->addFile("/tmp/acme-idle/acme-idle.php", "acme-idle/acme-idle.php"); $zip->close(); echo base64_encode(file_get_contents("/tmp/acme-idle.zip"));'`,
    );
    const field = /name="_wpnonce" value="(\w+)"/.exec(form)?.[1] ?? '';
    const boundary = 'a-boundary';
    const part = (name: string, more = '') =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
    const uploaded = await browser.send(
      '/wp-admin/update.php?action=upload-plugin&overwrite=update-plugin',
      Buffer.concat([
        Buffer.from(`${part('_wpnonce')}${field}\r\n${part('pluginzip', '; filename="acme-idle.zip"')}`),
        Buffer.from(zip, 'base64'),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
      { 'content-type': `multipart/form-data; boundary=${boundary}` },
    );
    t.match(uploaded.text, 'Part of the image');
    t.notMatch(await web.run('cat /var/lib/wordpress/wp-content/plugins/acme-idle/*.php'), 'theirs');
    const themes = (await browser.get('/wp-admin/themes.php')).text;
    t.match(themes, /"id":"twentytwentyfive"[^]*?Part of the image/);
    t.notMatch(themes, /action=delete&(amp;)?stylesheet=twentytwentyfive/);
  });

  t.test('WP-CLI, on a read-only root, as the user of PHP', async (t) => {
    // A stand-in that loads WordPress as WP-CLI does: no registry of packages has the real one.
    const lone = await network.start({
      image: own.reference,
      alias: 'lone',
      task: wordpressTask,
      binds: [`${join(code, 'secrets')}:/run/secrets:ro`],
      environment: {
        WORDPRESS_DB_HOST: 'db',
        WORDPRESS_DB_NAME: 'site',
        WORDPRESS_DB_USER: 'editor',
        WORDPRESS_DB_PASSWORD_FILE: '/run/secrets/password',
        WORDPRESS_TABLE_PREFIX: 'own_',
      },
    });
    await lone.until('platen-health', 180, '33:33');
    for (const [container, user] of [
      [lone, '33:33'],
      [web, 'root'],
    ] as const) {
      const said = await container.run('platen-wp option get blogname --format=json', user);
      t.match(JSON.parse(said), {
        arguments: ['option', 'get', 'blogname', '--format=json'],
        title: 'Acme',
        database: 'Platen\\Database',
        user: 33,
        memory: '-1',
        cache: true,
      });
    }
    await t.rejects(web.run('platen-wp fail'), /ended with 3/, 'its exit code');
    t.match(JSON.parse(await web.run('platen-wp wp doctor')), { arguments: ['doctor'] });
  });

  await query("UPDATE own_options SET option_value = 'a:0:{}' WHERE option_name = 'active_plugins'");
  t.notMatch((await browser.get('/')).text, '>tools</a>', 'what was switched off stays off');
});

/** Finds wp-config.php and runs it but for its last line, then WordPress: as WP_CLI\Runner does (load_wordpress). */
const boot = `<?php
if (in_array("fail", $argv)) exit(3);
foreach ($argv as $argument) if (str_starts_with($argument, "--path=")) define("ABSPATH", rtrim(substr($argument, 7), "/") . "/");
define("WP_CLI", true);
$_SERVER["HTTP_HOST"] = "localhost";
eval(preg_replace(["/^<\\?php/", "/^\\s*require.*wp-settings\\.php.*$/m"], "", file_get_contents(ABSPATH . "wp-config.php")));
require ABSPATH . "wp-settings.php";
@mkdir(getenv("WP_CLI_CACHE_DIR"), 0777, true);
echo json_encode(["arguments" => array_slice($argv, 2), "title" => get_option("blogname"), "database" => get_class($wpdb),
  "user" => posix_geteuid(), "memory" => ini_get("memory_limit"), "cache" => is_writable(getenv("WP_CLI_CACHE_DIR"))]), "\n";
`;

/** Makes the archive of it. */
const pack = `<?php
$phar = new Phar('/tmp/wp-cli.phar');
$phar->addFile('/tmp/boot.php', 'boot.php');
$phar->setStub("#!/usr/bin/env php\\n<?php Phar::mapPhar('wp-cli.phar'); require 'phar://wp-cli.phar/boot.php'; __HALT_COMPILER();");`;

/** What wordpress.org would publish, made of the files of Debian's package with its links followed; and a stand-in for WP-CLI. */
async function releaseOf(
  image: string,
  network: ContainerNetwork,
): Promise<{ release: Buffer; cli: Buffer }> {
  // It does not have to work.
  const environment = { WORDPRESS_DB_HOST: 'nowhere.invalid', WORDPRESS_DB_PASSWORD: 'none' };
  const container = await network.start({ image, alias: 'release', environment });
  await container.run(
    'cd /usr/share/wordpress/wp-includes && php -w version.php >/tmp/version.php && cat /tmp/version.php >version.php',
  );
  await container.run(
    `cat >/tmp/boot.php <<'END'\n${boot}\nEND\ncat >/tmp/make.php <<'END'\n${pack}\nEND\nphp -d phar.readonly=0 /tmp/make.php`,
  );
  const cli = Buffer.from(await container.run('base64 -w 0 /tmp/wp-cli.phar'), 'base64');
  await container.run(
    'tar -czhf /tmp/release.tar.gz -C /usr/share --exclude=wordpress/wp-config.php --exclude=wordpress/.htaccess --exclude=wordpress/wp-content/uploads --exclude=wordpress/wp-content/db.php wordpress',
  );
  const folder = join(code, 'release');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'copy.tar'), await container.archive('/tmp/release.tar.gz'));
  await container.remove();
  return { release: execFileSync('tar', ['-xOf', join(folder, 'copy.tar')], { maxBuffer: 1e9 }), cli };
}
