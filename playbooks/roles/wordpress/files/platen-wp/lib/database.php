<?php
/** The database without WordPress: connections, and leases that one replica at a time holds. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/settings.php';

/** Seconds for which a request to the site waits for the server, where that takes connections and does not answer. */
const ANSWER_SECONDS = 60;

/** A connection of its own, within the settings' seconds or those, or null; `mysqli_connect_error()` tells why. */
function connect(?int $seconds = null, int $answer = ANSWER_SECONDS): ?\mysqli
{
    return connect_by(settings(), $seconds, $answer);
}

/** As `connect`, by other settings than the site's. @param array<string, string|null> $settings */
function connect_by(array $settings, ?int $seconds = null, int $answer = ANSWER_SECONDS): ?\mysqli
{
    mysqli_report(MYSQLI_REPORT_OFF);
    $database = mysqli_init();
    $database->options(MYSQLI_OPT_CONNECT_TIMEOUT, $seconds ?? (int) $settings['DB_CONNECT_TIMEOUT']);
    if (PHP_SAPI !== 'cli') {
        // By itself it waits for a day, so that a server that vanished in the middle holds all workers.
        $database->options(MYSQLI_OPT_READ_TIMEOUT, $answer);
    }
    $flags = 0;
    if ($settings['DB_TLS'] !== 'off') {
        $database->ssl_set(null, null, $settings['DB_TLS_CA'], null, null);
        $verify = $settings['DB_TLS'] === 'verify';
        $flags = MYSQLI_CLIENT_SSL | ($verify ? MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT : MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT);
    }
    preg_match('/^(\[.+\]|[^:]*)(?::([0-9]+))?(?::(\/.+))?$/D', (string) $settings['DB_HOST'], $address);
    $connected = @$database->real_connect(
        $address[1] === '' ? 'localhost' : $address[1],
        $settings['DB_USER'],
        $settings['DB_PASSWORD'],
        null,
        (int) ($address[2] ?? 0) ?: 3306,
        $address[3] ?? null,
        $flags,
    );
    return $connected ? $database : null;
}

/** The one value that a query gives; null without a row, and also where it can't be asked, as without the table. */
function value(\mysqli $database, string $query): ?string
{
    $result = @$database->query($query);
    $row = $result instanceof \mysqli_result ? $result->fetch_row() : null;
    return $row === null || $row === false ? null : (string) $row[0];
}

function table(string $name): string
{
    return '`' . settings()['TABLE_PREFIX'] . "$name`";
}

function make_leases(\mysqli $database): void
{
    $database->query('CREATE TABLE IF NOT EXISTS ' . table('platen_lease') . ' (
        name varchar(64) CHARACTER SET ascii PRIMARY KEY, owner varchar(191) NOT NULL, expires bigint NOT NULL)');
}

/**
 * A right that one process of all replicas has for some seconds, by the clock of the database, and may prolong. Whoever dies
 * loses it when they are over.
 */
final class Lease
{
    private readonly string $owner;

    private function __construct(private readonly \mysqli $database, private readonly string $name)
    {
        $this->owner = gethostname() . ' ' . bin2hex(random_bytes(8));
    }

    /** Null where somebody else has it. */
    public static function try(\mysqli $database, string $name, int $seconds): ?self
    {
        $table = table('platen_lease');
        $lease = new self($database, $name);
        $update = static fn (): bool => @$database->query(
            "UPDATE $table SET owner = '$lease->owner', expires = UNIX_TIMESTAMP() + $seconds
             WHERE name = '$name' AND expires <= UNIX_TIMESTAMP()",
        );
        if (!$update() || value($database, "SELECT 1 FROM $table WHERE name = '$name'") === null) {
            make_leases($database);
            $database->query("INSERT IGNORE INTO $table VALUES ('$name', '', 0)");
            $update();
        }
        return value($database, "SELECT owner FROM $table WHERE name = '$name'") === $lease->owner ? $lease : null;
    }

    /** False where it is lost. */
    public function renew(int $seconds): bool
    {
        $mine = "name = '$this->name' AND owner = '$this->owner'";
        $table = table('platen_lease');
        return @$this->database->query("UPDATE $table SET expires = UNIX_TIMESTAMP() + $seconds WHERE $mine")
            && value($this->database, "SELECT 1 FROM $table WHERE $mine") === '1';
    }

    /** Nobody has it for so many seconds, and then whoever comes first. */
    public function release(int $seconds = 0): void
    {
        $table = table('platen_lease');
        @$this->database->query("UPDATE $table SET owner = '', expires = UNIX_TIMESTAMP() + $seconds
            WHERE name = '$this->name' AND owner = '$this->owner'");
    }
}

/** Seconds until the lease can be taken. */
function lease_rest(\mysqli $database, string $name): int
{
    return (int) value($database, 'SELECT expires - UNIX_TIMESTAMP() FROM ' . table('platen_lease') . " WHERE name = '$name'");
}
