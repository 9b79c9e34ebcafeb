<?php
/** What state the site is in, and the work that one replica does for all. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/database.php';
require_once __DIR__ . '/replicas.php';
require_once __DIR__ . '/network.php';

/** Seconds without a sign of life after which somebody else does the work. */
const LEASE_SECONDS = 15;

/** Opens the site's database. @throws \RuntimeException */
function open_database(): \mysqli
{
    $database = connect();
    if ($database === null) {
        throw new \RuntimeException('the database at ' . settings()['DB_HOST'] . " can't be reached: " . mysqli_connect_error());
    }
    if (!@$database->select_db((string) settings()['DB_NAME'])) {
        throw new \RuntimeException('the database ' . settings()['DB_NAME'] . " can't be used: $database->error");
    }
    return $database;
}

/** "new", "half" (an installation of ours was cut off) or "installed". */
function site_state(\mysqli $database): string
{
    if (value($database, 'SELECT 1 FROM ' . table('platen_lease') . " WHERE name = 'installing'") !== null) {
        return 'half';
    }
    $url = value($database, 'SELECT option_value FROM ' . table('options') . " WHERE option_name = 'siteurl'");
    return $url === null ? 'new' : 'installed';
}

/** The version of the database's tables, and the one that the code wants. @return array{int, int} */
function database_versions(\mysqli $database): array
{
    $version = value($database, 'SELECT option_value FROM ' . table('options') . " WHERE option_name = 'db_version'");
    return [(int) $version, wanted_version()];
}

function wanted_version(): int
{
    require image()['run'] . '/root/wp-includes/version.php';
    return (int) $wp_db_version;
}

/**
 * Lets WordPress work in a process of its own while the lease is prolonged; ends it where the lease is lost.
 *
 * @param list<string> $arguments of work.php
 * @param array<string, string> $environment added to the process's
 */
function work_leased(\mysqli $database, Lease $lease, array $arguments, array $environment = []): bool
{
    $command = ['php', image()['programs'] . '/work.php', ...$arguments];
    $process = proc_open($command, [['file', '/dev/null', 'r'], STDERR, STDERR], $pipes, '/', $environment + getenv());
    $renewed = time();
    while (($status = proc_get_status($process))['running']) {
        if (time() - $renewed >= LEASE_SECONDS / 4) {
            $renewed = time();
            announce($database);
            if (!$lease->renew(LEASE_SECONDS)) {
                say("the database gave the lease for $arguments[0] to somebody else; it is ended");
                proc_terminate($process, 9);
            }
        }
        usleep(50_000);
    }
    proc_close($process);
    return $status['exitcode'] === 0;
}

/** Installs the site, once, whoever asks. Null where another replica is at it. @param array<string, string> $environment */
function install(\mysqli $database, array $environment = []): ?bool
{
    $lease = Lease::try($database, 'setup', LEASE_SECONDS);
    if ($lease === null) {
        return null;
    }
    $state = site_state($database);
    $done = $state === 'installed';
    if (!$done) {
        $database->query('INSERT IGNORE INTO ' . table('platen_lease') . " VALUES ('installing', '', 0)");
        $done = work_leased($database, $lease, ['install', $state], $environment);
        if ($done) {
            $database->query('DELETE FROM ' . table('platen_lease') . " WHERE name = 'installing'");
        }
    }
    $lease->release($done ? 0 : 5);
    return $done;
}

/** Whether the database is of the version of the code, and its theme is one that is there. */
function fits(\mysqli $database): bool
{
    [$version, $wanted] = database_versions($database);
    $options = table('options');
    foreach (['stylesheet', 'template'] as $option) {
        $theme = value($database, "SELECT option_value FROM $options WHERE option_name = '$option'");
        if ($theme !== null && !is_dir(image()['run'] . "/wp-content/themes/$theme")) {
            return false;
        }
    }
    foreach (array_keys(other_sites($database)) as $site) {
        if ((int) site_option($database, $site, 'db_version') !== $wanted) {
            return false;
        }
    }
    return $version === $wanted;
}

/** Makes a network of the site, once. Null where another replica is at it. */
function make_network(\mysqli $database): ?bool
{
    $done = has_network($database);
    if (!$done) {
        @unlink(network_mark());
        $lease = Lease::try($database, 'setup', LEASE_SECONDS);
        if ($lease === null) {
            return null;
        }
        $done = has_network($database) || work_leased($database, $lease, ['network']);
        $lease->release($done ? 0 : 5);
    }
    if ($done && !is_file(network_mark())) {
        touch(network_mark());
    }
    return $done;
}

/** Brings the database's tables to the version of the code, back too. Null where another replica is at it. */
function update_database(\mysqli $database): ?bool
{
    $lease = Lease::try($database, 'setup', LEASE_SECONDS);
    if ($lease === null) {
        return null;
    }
    $done = fits($database);
    if (!$done) {
        [$version, $wanted] = database_versions($database);
        $done = work_leased($database, $lease, ['update-db']);
        foreach (other_sites($database) as $site => $address) {
            $fits = (int) site_option($database, $site, 'db_version') === $wanted;
            $done = $done && ($fits || work_leased($database, $lease, ['update-db'], ['PLATEN_URL' => $address]));
        }
        if (!$done) {
            say("the database's tables can't be brought from version $version to $wanted");
        } elseif ($version !== $wanted) {
            say("the database's tables went from version $version to $wanted");
        }
    }
    $lease->release($done ? 0 : 5);
    return $done;
}

/** Runs what is due. Null where another replica is at it, or was within the interval. */
function run_cron(\mysqli $database): ?bool
{
    $lease = Lease::try($database, 'cron', LEASE_SECONDS);
    if ($lease === null) {
        return null;
    }
    $begin = time();
    $done = work_leased($database, $lease, ['cron']);
    foreach (other_sites($database) as $site => $address) {
        if (is_due($database, $site)) {
            $done = work_leased($database, $lease, ['cron'], ['PLATEN_URL' => $address]) && $done;
        }
    }
    $lease->release(max(0, (int) settings()['CRON_SECONDS'] - (time() - $begin)));
    return $done;
}
