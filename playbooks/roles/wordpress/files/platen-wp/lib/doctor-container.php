<?php
/** What `platen-wp doctor` looks at in the container: the volume, and the requests that nginx has counted. */

declare(strict_types=1);

namespace Platen;

/** So many requests, before anything is said about their kinds. */
const ENOUGH_REQUESTS = 50;

/** @return iterable<array{string, ?string, string}> */
function examine_volume(Webroot $webroot): iterable
{
    yield ['release', null, image()['release'] . ', web root ' . settings()['WEBROOT'] . ' at ' . $webroot->root()];
    yield ['user', null, posix_geteuid() . ':' . posix_getegid()];
    foreach (['uploads', ...(settings()['WEBROOT'] === 'uploads' ? [] : ['plugins', 'themes', 'upgrade', 'languages'])] as $folder) {
        $path = image()['content'] . "/$folder";
        $owner = is_dir($path) ? fileowner($path) : null;
        yield [$path, $owner !== null && is_writable($path) ? null : 'it can\'t be written to; ' . ($owner === null ? 'it is not there' : "it belongs to user $owner"), ''];
    }
    yield examine_room();
    $dangling = array_filter(
        glob($webroot->content() . '/{.,mu-plugins,plugins,themes}/*', GLOB_BRACE),
        static fn (string $path): bool => is_link($path) && !file_exists($path),
    );
    $missing = $webroot->missing();
    yield [
        'links', $missing === [] ? null : 'missing, and made again when a container starts: ' . implode(', ', $missing),
        $dangling === [] ? 'all lead somewhere' : 'not of this release: ' . implode(', ', array_map('basename', $dangling)),
    ];
}

/** @return array{string, ?string, string} */
function examine_room(): array
{
    // As an upload: what a file system says is free may be somebody else's.
    $probe = image()['content'] . '/uploads/.platen-' . bin2hex(random_bytes(8));
    $written = @file_put_contents($probe, str_repeat('.', 1024 * 1024));
    @unlink($probe);
    $free = (int) (@disk_free_space(image()['volume']) / 1048576);
    return ['room on the volume', $written === 1024 * 1024 ? null : 'it is full, or can\'t be written to', "$free MB"];
}

/** How often nginx counted something since it started; 0 where it counts nothing. */
function counted(string $name): int
{
    return (int) @filesize("/run/nginx/counters/$name");
}

/** @return iterable<array{string, ?string, string}> */
function examine_requests(): iterable
{
    $all = array_sum(array_map(static fn (int $class): int => counted("status_{$class}xx"), [2, 3, 4, 5]));
    $untrusted = counted('forwarded_untrusted');
    yield [
        'proxy',
        $all >= ENOUGH_REQUESTS && $untrusted > $all / 2
            ? "most requests come by a proxy that is not trusted: set NGINX_TRUSTED_PROXIES, or all visitors are one, and HTTPS is not seen" : null,
        "$untrusted of $all requests came by one that is not trusted",
    ];
    $kept = counted('cache_hit') + counted('cache_stale') + counted('cache_updating');
    $made = counted('cache_miss') + counted('cache_bypass') + counted('cache_expired');
    yield [
        'page cache',
        $made >= ENOUGH_REQUESTS && $kept === 0
            ? "none of $made pages came from it: a cookie, an argument or a header keeps it from all (see \"Caches\" in the README)" : null,
        "$kept pages came from it, $made were made",
    ];
}
