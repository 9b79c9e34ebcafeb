<?php
/**
 * What the service does again and again: installs the site where the settings say so, brings its tables to the version of the
 * code, once for each start, and runs what is due. Prints the seconds until it wants to be called again.
 *
 * Argument: how many times in a row it failed.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/site.php';
require_once __DIR__ . '/webroot.php';

/** Seconds until the next look. */
function tick(\mysqli $database): int
{
    (new Webroot(settings()))->use();
    if (site_state($database) !== 'installed') {
        if (settings()['ADMIN_USER'] === null) {
            return 5;
        }
        return install($database) === true ? 0 : 1;
    }
    // Once for each start (start-settings.php).
    $fits = image()['run'] . '/state/fits';
    if (settings()['DB_UPGRADE'] === 'true' && !is_file($fits)) {
        if (!fits($database) && update_database($database) !== true) {
            return 1;
        }
        touch($fits);
    }
    if (settings()['CRON'] === 'false') {
        return 60;
    }
    run_cron($database);
    return max(1, min(lease_rest($database, 'cron'), (int) settings()['CRON_SECONDS']));
}

try {
    echo tick(open_database());
} catch (\Throwable $error) {
    if ((int) ($argv[1] ?? 0) % 30 === 0) {
        say($error->getMessage() . '; trying again');
    }
    exit(1);
}
