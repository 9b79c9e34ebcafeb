import { randomInt, randomUUID } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentReporter } from '../reporter.js';
import { buildImage } from './build-image.js';

// The images may not be in the user's cache yet.
t.setTimeout(1_800_000);

const projectFolder = join(t.testdir({ project: {} }), 'project');
for (const name of ['images', 'playbooks']) cpSync(name, join(projectFolder, name), { recursive: true });

/** The steps that ran again, as "kind name". */
async function build(image: string): Promise<string[]> {
  const signal = new AbortController().signal;
  const { steps } = await buildImage(
    {
      image,
      tags: [],
      explain: false,
      noCache: false,
      load: false,
      smoke: false,
      variables: {},
      engine: 'auto',
    },
    { reporter: silentReporter, signal, environment: process.env, projectFolder, program: 'of this test' },
  );
  return steps.flatMap(({ kind, name, cached }) =>
    kind === 'control' || cached === true ? [] : [`${kind} ${name}`],
  );
}

/** A file below `playbooks/roles`, a line to add or to put in place of another, and the steps that must run again. */
type Change = readonly [file: string, line: string, ran: readonly string[], instead?: RegExp];

/** Lines that no earlier run wrote, so that the cache has no result of them. */
const line = (mark: string) => `${mark} ${randomUUID()}`;

const each = (name: string, ...items: string[]) => items.map((item) => `file ${name} (${item})`);

const common = (...services: string[]): Change[] => [
  ['nginx/templates/nginx.conf.hbs', line('#'), each("nginx : Write nginx's configuration", 'nginx.conf')],
  ['nginx/templates/nginx-prepare.hbs', line('#'), each('nginx : Write its programs', 'nginx-prepare')],
  ['php/templates/platen.ini.hbs', line(';'), ["file php : Write PHP's settings"]],
  ['php/templates/www.conf.hbs', line(';'), ['file php : Write the pool of workers']],
  [
    'php/defaults/main.yml',
    `php_slow_seconds: ${randomInt(1e9)}`,
    ['file php : Write the pool of workers', 'file php : Write what prepares its start'],
    /^php_slow_seconds: .*$/m,
  ],
  ['s6/templates/run.hbs', line('#'), each('s6 : Write how each service runs', ...services)],
  ['s6/templates/limits.hbs', line('#'), ['file s6 : Write how limits are found']],
];

// The release is named after the content of the web root, thousands of files, so this step reads them all.
const named = 'exec wordpress : Name the release by its content';

const changes: Readonly<Record<string, readonly Change[]>> = {
  wordpress: [
    ...common('nginx', 'nginx-keeper', 'php-fpm', 'wordpress-volume', 'wordpress-cron'),
    ['wordpress/templates/wp-config.php.hbs', line('//'), ['file wordpress : Write wp-config.php', named]],
    [
      'wordpress/files/platen-wp/ready.php',
      line('//'),
      ['file wordpress : Copy the programs that start and operate the site'],
    ],
  ],
  mediawiki: [
    ...common('nginx', 'nginx-keeper', 'php-fpm', 'mediawiki', 'mediawiki-jobs'),
    ['mediawiki/templates/LocalSettings.php.hbs', line('//'), ['file mediawiki : Write the settings']],
    [
      'mediawiki/templates/platen-mediawiki.hbs',
      line('#'),
      ['file mediawiki : Write what prepares the container'],
    ],
  ],
};

for (const [image, all] of Object.entries(changes))
  t.test(
    `${image}: a line of a file runs what is made of it again, and no container for a configuration`,
    async (t) => {
      await build(image);
      t.strictSame(await build(image), []);
      for (const [file, added, ran, instead] of all) {
        const path = join(projectFolder, 'playbooks/roles', file);
        const text = readFileSync(path, 'utf8');
        writeFileSync(path, instead === undefined ? `${text}${added}\n` : text.replace(instead, added));
        t.not(readFileSync(path, 'utf8'), text, file);
        t.strictSame(await build(image), ran, file);
        writeFileSync(path, text);
        t.strictSame(await build(image), [], `${file} as it was`);
      }
    },
  );
