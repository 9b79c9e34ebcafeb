<?php
/** Looks for what is wrong with the site, and says what to do. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/cache-server.php';

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
    $webroot = new Webroot(settings());
    yield ['release', null, image()['release'] . ', web root ' . settings()['WEBROOT'] . ' at ' . $webroot->root()];
    yield ['user', null, posix_geteuid() . ':' . posix_getegid()];
    foreach (['uploads', ...(settings()['WEBROOT'] === 'uploads' ? [] : ['plugins', 'themes', 'upgrade', 'languages'])] as $folder) {
        $path = image()['content'] . "/$folder";
        yield [$path, is_dir($path) && is_writable($path) ? null : 'it can\'t be written to; look at whom it belongs to', ''];
    }
    $dangling = array_filter(
        glob($webroot->content() . '/{.,mu-plugins,plugins,themes}/*', GLOB_BRACE),
        static fn (string $path): bool => is_link($path) && !file_exists($path),
    );
    yield ['links', null, $dangling === [] ? 'all lead somewhere' : 'not of this release: ' . implode(', ', array_map('basename', $dangling))];
    yield ['secret', null, settings()['SECRET'] === null ? "the database's password: a new one logs everybody out" : 'WORDPRESS_SECRET'];
    yield ['mail', null, settings()['SMTP_HOST'] === null ? 'no SMTP server: nothing is sent' : settings()['SMTP_HOST'] . ':' . settings()['SMTP_PORT']];
    yield examine_cache();
    try {
        $begin = hrtime(true);
        $database = open_database();
        $ms = round((hrtime(true) - $begin) / 1e6, 1);
        $cipher = $database->query("SHOW STATUS LIKE 'Ssl_cipher'")->fetch_row()[1] ?? '';
        yield ['database', null, value($database, 'SELECT VERSION()') . ", connected in $ms ms, " . ($cipher === '' ? 'without TLS' : $cipher)];
    } catch (\RuntimeException $error) {
        yield ['database', $error->getMessage(), ''];
        return;
    }
    yield from examine_site($database);
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
}
