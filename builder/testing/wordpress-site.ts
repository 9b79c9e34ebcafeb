import { Browser, type Page } from './browser.js';
import type { ContainerNetwork, TestContainer } from './containers.js';

export interface Site {
  readonly web: TestContainer;
  readonly database: TestContainer;
  readonly browser: Browser;
}

const account = { user: 'admin', password: 'correct horse battery staple' };

/**
 * Starts a database and WordPress on the network, and waits until they answer.
 * @param secrets folder with a file `password`, which both read
 */
export async function startSite(
  network: ContainerNetwork,
  images: { readonly database: string; readonly wordpress: string; readonly secrets: string },
): Promise<Site> {
  const binds = [`${images.secrets}:/run/secrets:ro`];
  const database = await network.start({
    image: images.database,
    alias: 'db',
    binds,
    environment: {
      MARIADB_DATABASE: 'site',
      MARIADB_USER: 'editor',
      MARIADB_PASSWORD_FILE: '/run/secrets/password',
    },
  });
  await database.until('mariadb-health');
  const web = await network.start({
    image: images.wordpress,
    alias: 'web',
    port: 8080,
    binds,
    environment: {
      WORDPRESS_DB_HOST: 'db',
      WORDPRESS_DB_NAME: 'site',
      WORDPRESS_DB_USER: 'editor',
      WORDPRESS_DB_PASSWORD_FILE: '/run/secrets/password',
      WORDPRESS_TABLE_PREFIX: 'own_',
    },
  });
  await web.until('platen-health');
  return { web, database, browser: new Browser(await web.origin()) };
}

/** Submits the installer's two forms; returns its last page. */
export async function completeInstaller({ browser }: Site, title: string): Promise<Page> {
  await browser.get('/wp-admin/install.php');
  await browser.post('/wp-admin/install.php?step=1', { language: '' });
  return browser.post('/wp-admin/install.php?step=2', {
    weblog_title: title,
    user_name: account.user,
    admin_email: 'admin@example.org',
    language: '',
    admin_password: account.password,
    admin_password2: account.password,
    pw_weak: '1',
  });
}

/** Logs in as the installer's user; returns the form's answer. */
export async function logIn({ browser }: Site): Promise<Page> {
  await browser.get('/wp-login.php');
  return browser.post('/wp-login.php', { log: account.user, pwd: account.password, testcookie: '1' });
}
