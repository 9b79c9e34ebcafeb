<?php
/** Looks for what is wrong with the site, and says what to do. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/cache-server.php';
require_once __DIR__ . '/doctor-container.php';

function operate_doctor(): int
{
    $bad = 0;
    foreach (examine() as [$what, $problem, $detail]) {
        $bad += $problem === null ? 0 : 1;
        echo $problem === null ? "ok    $what" . ($detail === '' ? '' : ": $detail") : "WRONG $what: $problem", "\n";
    }
    return $bad === 0 ? 0 : 1;
}

/** @return iterable<array{string, ?string, string}> what was looked at, what is wrong, and what was found */
function examine(): iterable
{
    yield from examine_volume(new Webroot(settings()));
    yield ['secret', null, settings()['SECRET'] === null ? "the database's password: a new one logs everybody out" : 'WORDPRESS_SECRET'];
    yield ['mail', null, settings()['SMTP_HOST'] === null ? 'no SMTP server: nothing is sent' : settings()['SMTP_HOST'] . ':' . settings()['SMTP_PORT']];
    yield from examine_requests();
    yield examine_cache();
    try {
        $begin = hrtime(true);
        $database = open_database();
        $ms = round((hrtime(true) - $begin) / 1e6, 1);
        yield ['database', null, value($database, 'SELECT VERSION()') . ", connected in $ms ms" . examine_cipher($database)];
    } catch (\RuntimeException $error) {
        yield ['database', $error->getMessage(), ''];
        return;
    }
    $off = time() - (int) value($database, 'SELECT UNIX_TIMESTAMP()');
    yield ['clock', abs($off) > 5 ? "it differs from the database's by $off s: logins and cron go by it" : null, ''];
    yield from examine_site($database);
}

function examine_cipher(\mysqli $database): string
{
    $cipher = $database->query("SHOW STATUS LIKE 'Ssl_cipher'")->fetch_row()[1] ?? '';
    return $cipher === '' ? ', without TLS' : ", $cipher";
}

/** @return array{string, ?string, string} */
function examine_cache(): array
{
    ['CACHE_HOST' => $host, 'CACHE_PORT' => $port] = settings();
    if ($host === null) {
        return ['object cache', null, 'none: the database is asked for all that a page needs'];
    }
    $begin = hrtime(true);
    $answer = (new CacheServer(settings()))->ask(static fn (\Redis $redis) => $redis->ping());
    $ms = round((hrtime(true) - $begin) / 1e6, 1);
    return ['object cache', $answer === null ? "$host:$port does not answer; pages are made without it" : null, "$host:$port, answers in $ms ms"];
}

/** @return iterable<array{string, ?string, string}> */
function examine_site(\mysqli $database): iterable
{
    $state = site_state($database);
    yield ['installation', $state === 'installed' ? null : "it is $state: see platen-wp install", ''];
    if ($state !== 'installed') {
        return;
    }
    [$version, $wanted] = database_versions($database);
    yield ['tables', $version === $wanted ? null : "version $version, not $wanted: see platen-wp update-db", "version $version"];
    $rest = lease_rest($database, 'cron');
    $late = $rest < -2 * (int) settings()['CRON_SECONDS'];
    $problem = settings()['CRON'] === 'true' && $late ? 'nobody ran it for ' . (-$rest) . ' s' : null;
    yield ['cron', $problem, settings()['CRON'] === 'true' ? "next in $rest s" : 'not run by this replica'];
    yield from examine_wordpress();
}

/** What WordPress itself has, with all plugins loaded. @return iterable<array{string, ?string, string}> */
function examine_wordpress(): iterable
{
    exec('php ' . escapeshellarg(image()['programs'] . '/work.php') . ' doctor', $lines, $code);
    $found = json_decode(end($lines) ?: '', true);
    if ($code !== 0 || !is_array($found)) {
        yield ['WordPress', "it can't be loaded: " . implode(' ', array_slice($lines, -3)), ''];
        return;
    }
    $plain = settings()['DB_TLS'] !== 'off' && $found['cipher'] === '';
    yield [
        "WordPress's own connection", $plain ? "it is without TLS, by the class {$found['database']}" : null,
        $found['database'] . ', ' . ($found['cipher'] === '' ? 'without TLS' : $found['cipher']),
    ];
    yield ["the image's plugins", $found['plugins'] ? null : 'they are not loaded: no mail, no purging of pages', ''];
    foreach ($found['dropins'] as $name) {
        $used = $name === 'db.php' ? settings()['DB_TLS'] === 'off' : settings()['CACHE_HOST'] === null;
        yield ["wp-content/$name", null, "the site's own, " . ($used ? 'in use' : "not in use: the image's is")];
    }
}
