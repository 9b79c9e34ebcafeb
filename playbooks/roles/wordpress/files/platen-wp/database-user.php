<?php
/**
 * platen-wp database-user: makes the site's database and the user that the site comes as, with the rights that it needs, by a
 * user who may. It needs neither a replica nor a volume. May be run any number of times, also at once: what is there stays, and
 * a new password of the environment becomes the user's.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/database.php';

/** What WordPress and its plugins do with tables; no more (no FILE, no SUPER, no GRANT OPTION, no routines). */
const RIGHTS = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES,'
    . ' CREATE VIEW, SHOW VIEW, TRIGGER';
/** Seconds in which the server may become ready, and in which somebody else may be at the same. */
const PATIENCE = 120;
/** ER_ACCESS_DENIED_ERROR: waiting does not help. */
const DENIED = 1045;

/** @param array<string, string> $environment @return array{array<string, string|null>, array<string, string|null>} the site's, the master's */
function both_users(array $environment): array
{
    $site = array_filter(
        require __DIR__ . '/lib/settings-table.php',
        static fn (string $name): bool => str_starts_with($name, 'WORDPRESS_DB_'),
        ARRAY_FILTER_USE_KEY,
    );
    $own = read_table($site, $environment);
    // RDS's own secret names the user, too.
    $secret = raw_setting('WORDPRESS_DB_MASTER_PASSWORD', $environment);
    $named = $secret === null ? null : part_of_secret($secret, 'username');
    $master = read_table([
        'WORDPRESS_DB_MASTER_USER' => ['kind' => 'text', 'required' => true, 'default' => $named === $secret ? null : $named, 'part' => 'username'],
        'WORDPRESS_DB_MASTER_PASSWORD' => ['kind' => 'text', 'required' => true, 'secret' => true, 'part' => 'password'],
    ], $environment);
    if ($master['DB_MASTER_USER'] === $own['DB_USER']) {
        throw new BadSettings(["WORDPRESS_DB_USER must be another than WORDPRESS_DB_MASTER_USER ({$own['DB_USER']}): the site comes with fewer rights"]);
    }
    return [$own, ['DB_USER' => $master['DB_MASTER_USER'], 'DB_PASSWORD' => $master['DB_MASTER_PASSWORD']] + $own];
}

/** Waits for the server. @param array<string, string|null> $settings @throws \RuntimeException */
function connect_in_time(array $settings): \mysqli
{
    for ($end = time() + PATIENCE; ($database = connect_by($settings)) === null; sleep(1)) {
        if (mysqli_connect_errno() === DENIED || time() > $end) {
            throw new \RuntimeException("the database at {$settings['DB_HOST']} can't be reached as {$settings['DB_USER']}: " . mysqli_connect_error());
        }
    }
    return $database;
}

/** @throws \RuntimeException */
function must(\mysqli $database, string $statement, string $what): void
{
    if ($database->query($statement) === false) {
        throw new \RuntimeException("$what: $database->error");
    }
}

/** @param array<string, string|null> $own */
function make_database_user(\mysqli $master, array $own): void
{
    $name = '`' . str_replace('`', '``', (string) $own['DB_NAME']) . '`';
    // In a GRANT, _ and % stand for any.
    $granted = addcslashes($name, '_%');
    $text = static fn (?string $value): string => "'" . $master->real_escape_string((string) $value) . "'";
    $user = $text($own['DB_USER']) . "@'%'";
    must($master, "CREATE DATABASE IF NOT EXISTS $name CHARACTER SET utf8mb4", "the database {$own['DB_NAME']} can't be made");
    must($master, "CREATE USER IF NOT EXISTS $user IDENTIFIED BY {$text($own['DB_PASSWORD'])}", "the user {$own['DB_USER']} can't be made");
    must($master, "GRANT " . RIGHTS . " ON $granted.* TO $user", "the user {$own['DB_USER']} can't be given rights");
    if ($own['DB_TLS'] !== 'off') {
        must($master, "ALTER USER $user REQUIRE SSL", "TLS can't be asked of the user {$own['DB_USER']}");
    }
    // Only where it is another: replicas that have the old one go on.
    if (connect_by($own) === null) {
        must($master, "ALTER USER $user IDENTIFIED BY {$text($own['DB_PASSWORD'])}", "the user {$own['DB_USER']} can't be given its password");
    }
}

try {
    [$own, $as_master] = both_users(getenv());
    $master = connect_in_time($as_master);
    $master->set_charset('utf8mb4');
    // Who comes at the same time waits: servers fail where two make one user.
    if (value($master, "SELECT GET_LOCK('platen-database-user', " . PATIENCE . ')') !== '1') {
        throw new \RuntimeException('somebody else is at it for ' . PATIENCE . ' s already');
    }
    make_database_user($master, $own);
    $database = connect_in_time($own);
    if (!@$database->select_db((string) $own['DB_NAME'])) {
        throw new \RuntimeException("the user {$own['DB_USER']} can't use the database {$own['DB_NAME']}: $database->error");
    }
    echo "The database {$own['DB_NAME']} and its user {$own['DB_USER']} are ready.\n";
} catch (BadSettings $bad) {
    array_map(say(...), $bad->problems);
    exit(2);
} catch (\Throwable $error) {
    say($error->getMessage());
    exit(1);
}
