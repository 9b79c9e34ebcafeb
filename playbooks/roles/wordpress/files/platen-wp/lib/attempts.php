<?php
/**
 * How often one visitor may try, over all replicas: a leaky bucket, as nginx's limit_req, in the database that a login needs
 * anyway. nginx's own limit, which each replica counts for itself, comes before it.
 */

declare(strict_types=1);

namespace Platen;

/** Seconds for one attempt, and how many may come at once: as in nginx-http.conf. */
const ATTEMPTS = ['login' => [3, 10], 'xmlrpc' => [1, 20]];

/** Counts an attempt; false where it is one too many. A database that does not answer lets nobody in anyway. */
function attempt(string $kind): bool
{
    [$each, $burst] = ATTEMPTS[$kind];
    $table = table('platen_lease');
    $most = $each * ($burst + 1);
    // When the bucket will be empty, by the clock of the database. In one statement: nobody comes between.
    $next = "GREATEST(expires, UNIX_TIMESTAMP()) + $each";
    $count = "INSERT INTO $table VALUES ('" . attempt_name($kind) . "', '', UNIX_TIMESTAMP() + $each)
        ON DUPLICATE KEY UPDATE expires = IF($next <= UNIX_TIMESTAMP() + $most, $next, expires)";
    $quiet = site_database()->suppress_errors();
    $changed = site_database()->query($count);
    if ($changed === false && site_database()->dbh instanceof \mysqli) {
        // Installed in the browser just now: nobody has made the table yet.
        make_leases(site_database()->dbh);
        $changed = site_database()->query($count);
    }
    site_database()->suppress_errors($quiet);
    return $changed !== 0;
}

/** Whether one more may come, without counting it. */
function may_attempt(string $kind): bool
{
    [$each, $burst] = ATTEMPTS[$kind];
    $quiet = site_database()->suppress_errors();
    $rest = site_database()->get_var('SELECT expires - UNIX_TIMESTAMP() FROM ' . table('platen_lease') . " WHERE name = '" . attempt_name($kind) . "'");
    site_database()->suppress_errors($quiet);
    return (int) $rest + $each <= $each * ($burst + 1);
}

/** Ends the request. */
function refuse_attempt(): never
{
    http_response_code(429);
    header('Retry-After: 5');
    header('Cache-Control: no-store');
    header('Content-Type: text/plain; charset=utf-8');
    exit("Too many attempts; please wait a moment.\n");
}

function attempt_name(string $kind): string
{
    return "attempt $kind " . md5($_SERVER['PLATEN_VISITOR'] ?? $_SERVER['REMOTE_ADDR'] ?? '');
}
