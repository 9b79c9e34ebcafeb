<?php
/**
 * Which replicas run, and which version of the tables their code wants: one of an older image that is started again in the
 * middle of a roll-out leaves the tables to those of the newer.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/database.php';

/** Says that this replica runs, until two more looks of its (tick.php) would have said so again. */
function announce(\mysqli $database): void
{
    $seconds = 2 * longest_pause() + 15;
    $table = table('platen_lease');
    $say = "REPLACE INTO $table VALUES ('" . replica_name() . "', '" . wanted_version() . "', UNIX_TIMESTAMP() + $seconds)";
    if (!$database->query($say)) {
        make_leases($database);
        $database->query($say);
    }
    $database->query("DELETE FROM $table WHERE (name LIKE 'replica %' OR name LIKE 'attempt %') AND expires <= UNIX_TIMESTAMP()");
}

/** Seconds between two looks. */
function longest_pause(): int
{
    return settings()['CRON'] === 'true' ? min(60, (int) settings()['CRON_SECONDS']) : 60;
}

/** Says that it does not any more. */
function withdraw(\mysqli $database): void
{
    $database->query('DELETE FROM ' . table('platen_lease') . " WHERE name = '" . replica_name() . "'");
}

/** Whether a replica runs whose code wants tables of a later version. */
function newer_runs(\mysqli $database): bool
{
    $version = wanted_version();
    return value($database, 'SELECT 1 FROM ' . table('platen_lease') . "
        WHERE name LIKE 'replica %' AND expires > UNIX_TIMESTAMP() AND CAST(owner AS UNSIGNED) > $version LIMIT 1") === '1';
}

/** Another one after each start (start-settings.php). */
function replica_name(): string
{
    $file = image()['run'] . '/state/replica';
    if (!is_file($file)) {
        file_put_contents($file, bin2hex(random_bytes(16)));
    }
    return 'replica ' . file_get_contents($file);
}
