<?php
/**
 * What the service does again and again: installs the site where the settings say so, brings its tables to the version of the
 * code, once for each start, and runs what is due. Prints the seconds until it wants to be called again.
 *
 * Argument: how many times in a row it failed; or "leave" when the service ends.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/site.php';
require_once __DIR__ . '/lib/webroot.php';

/** PHP's own session.gc_maxlifetime. */
const SESSION_SECONDS = 1440;

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
    announce($database);
    if (settings()['MULTISITE'] !== 'off' && make_network($database) !== true) {
        return 1;
    }
    // Once for each start (start-settings.php).
    $fits = image()['run'] . '/state/fits';
    $waits = false;
    if (settings()['DB_UPGRADE'] === 'true' && !is_file($fits)) {
        $waits = !fits($database) && newer_runs($database);
        if ($waits) {
            say_that_it_waits($database);
        } elseif (!fits($database) && update_database($database) !== true) {
            return 1;
        } else {
            touch($fits);
        }
    }
    $pause = $waits ? 5 : longest_pause();
    if (settings()['CRON'] === 'true') {
        if (run_cron($database) === true) {
            remove_old_sessions();
        }
        $pause = min($pause, lease_rest($database, 'cron'));
    }
    return max(1, $pause);
}

/** PHP's, where they lie on the volume: nobody else removes them. */
function remove_old_sessions(): void
{
    $oldest = time() - SESSION_SECONDS;
    foreach (glob(image()['volume'] . '/.platen/sessions/sess_*') as $file) {
        if ((int) @filemtime($file) < $oldest) {
            @unlink($file);
        }
    }
}

/** In the log, once for each start. */
function say_that_it_waits(\mysqli $database): void
{
    $said = image()['run'] . '/state/waits';
    if (!is_file($said)) {
        touch($said);
        [$version, $wanted] = database_versions($database);
        say("the database's tables stay at version $version, not $wanted, while a replica of a newer image runs; platen-wp update-db brings them back now");
    }
}

try {
    if (($argv[1] ?? '') === 'leave') {
        withdraw(open_database());
        exit;
    }
    $pause = tick(open_database());
    @unlink(image()['run'] . '/state/problem');
    echo $pause;
} catch (\Throwable $error) {
    // For who waits for the installation (config.php).
    @file_put_contents(image()['run'] . '/state/problem', (string) (int) ($argv[1] ?? 0));
    if ((int) ($argv[1] ?? 0) % 30 === 0) {
        say($error->getMessage() . '; trying again');
    }
    exit(1);
}
