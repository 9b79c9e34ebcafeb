<?php
/** A network of sites (WordPress's multisite): whether there is one, and which sites it has. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/settings.php';

/** There when the network's tables are, for all replicas: who makes them, and each start, looks (tick.php). */
function network_mark(): string
{
    return image()['volume'] . '/.platen/network';
}

/** Whether WordPress works as a network in this request. */
function is_network(): bool
{
    return settings()['MULTISITE'] !== 'off' && is_file(network_mark());
}

/** @return array<string, mixed> WordPress's constants of a network; null: not to be set */
function network_constants(): array
{
    ['host' => $host] = $url = parse_url((string) settings()['URL']);
    return [
        'MULTISITE' => true,
        'SUBDOMAIN_INSTALL' => settings()['MULTISITE'] === 'subdomains',
        'DOMAIN_CURRENT_SITE' => $host . (isset($url['port']) ? ":{$url['port']}" : ''),
        'PATH_CURRENT_SITE' => '/',
        'SITE_ID_CURRENT_SITE' => 1,
        'BLOG_ID_CURRENT_SITE' => 1,
        // Each site has its own.
        'WP_HOME' => null,
        'WP_SITEURL' => null,
    ];
}

/** Whether the database has it: the first site is in the list of sites. */
function has_network(\mysqli $database): bool
{
    return value($database, 'SELECT 1 FROM ' . table('blogs') . ' WHERE blog_id = 1') === '1';
}

/** The addresses of all sites but the first, by their numbers; none where there is no network. @return array<int, string> */
function other_sites(\mysqli $database): array
{
    $sites = [];
    if (is_network()) {
        $scheme = parse_url((string) settings()['URL'], PHP_URL_SCHEME);
        $rows = $database->query('SELECT blog_id, domain, path FROM ' . table('blogs') . ' WHERE blog_id > 1 AND archived = 0 AND deleted = 0 AND spam = 0');
        foreach ($rows === false ? [] : $rows->fetch_all() as [$id, $domain, $path]) {
            $sites[(int) $id] = "$scheme://$domain" . rtrim($path, '/');
        }
    }
    return $sites;
}

/** What one of them has under the name of an option. */
function site_option(\mysqli $database, int $site, string $name): ?string
{
    return value($database, 'SELECT option_value FROM ' . table("{$site}_options") . " WHERE option_name = '$name'");
}

/** Whether something of the site is to be run by now. */
function is_due(\mysqli $database, int $site): bool
{
    $jobs = @unserialize((string) site_option($database, $site, 'cron'), ['allowed_classes' => false]);
    $times = array_filter(array_keys(is_array($jobs) ? $jobs : []), is_int(...));
    return $times !== [] && min($times) <= time();
}
