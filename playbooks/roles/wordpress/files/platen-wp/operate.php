<?php
/** platen-wp: what operators do with `docker exec`. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/site.php';
require_once __DIR__ . '/lib/webroot.php';
require_once __DIR__ . '/lib/doctor.php';
require_once __DIR__ . '/lib/usage.php';

/** @param list<string> $arguments */
function operate_install(array $arguments): int
{
    $names = ['url' => 'URL', 'title' => 'TITLE', 'user' => 'ADMIN_USER', 'email' => 'ADMIN_EMAIL', 'password-file' => 'ADMIN_PASSWORD'];
    $environment = [];
    while (($option = array_shift($arguments)) !== null) {
        [$key, $value] = explode('=', ltrim($option, '-'), 2) + [1 => null];
        $value ??= array_shift($arguments);
        $name = $names[$key] ?? null;
        if (!str_starts_with($option, '--') || $name === null || $value === null) {
            return usage("$option is not understood, or lacks its value");
        }
        $environment["PLATEN_$name"] = $key === 'password-file' ? password_in($value) : $value;
    }
    $missing = array_filter($names, static fn (string $name): bool => ($environment["PLATEN_$name"] ?? settings()[$name] ?? '') === '');
    if ($missing !== []) {
        return usage('install needs --' . implode(', --', array_keys($missing)));
    }
    if (rtrim((string) parse_url($environment['PLATEN_URL'] ?? '', PHP_URL_PATH), '/') !== '') {
        return usage('--url must be an address without a path: the site answers at / alone');
    }
    $database = open_database();
    if (site_state($database) === 'installed') {
        echo "WordPress is installed already.\n";
        return 0;
    }
    return insist(static fn (): ?bool => install($database, $environment));
}

/** @throws \RuntimeException */
function password_in(string $file): string
{
    $text = @file_get_contents($file === '-' ? 'php://stdin' : $file);
    return $text === false ? throw new \RuntimeException("$file can't be read by user " . posix_geteuid()) : rtrim($text, "\r\n");
}

function operate_update_db(): int
{
    $database = installed();
    if (fits($database)) {
        echo 'The database\'s tables are of version ' . database_versions($database)[0] . " already.\n";
        return 0;
    }
    return insist(static fn (): ?bool => update_database($database));
}

function operate_cron(): int
{
    $database = installed();
    // Now, also where it was within the interval; but never beside another replica.
    $database->query('UPDATE ' . table('platen_lease') . " SET expires = 0 WHERE name = 'cron' AND owner = ''");
    return insist(static fn (): ?bool => run_cron($database));
}

function operate_flush_cache(): int
{
    installed();
    passthru('php ' . escapeshellarg(__DIR__ . '/work.php') . ' flush-cache', $code);
    return $code;
}

/** @throws \RuntimeException */
function installed(): \mysqli
{
    $database = open_database();
    return site_state($database) === 'installed' ? $database : throw new \RuntimeException('WordPress is not installed yet');
}

/** Again while another replica is at it, for two minutes. @param callable(): ?bool $work */
function insist(callable $work): int
{
    for ($tries = 0; $tries < 240; $tries += 1) {
        $done = $work();
        if ($done !== null) {
            echo $done ? "Done.\n" : "It failed.\n";
            return $done ? 0 : 1;
        }
        usleep(500_000);
    }
    throw new \RuntimeException('another replica is at it for two minutes already');
}

try {
    $arguments = array_slice($argv, 1);
    $command = array_shift($arguments) ?? '';
    exit(match ($command) {
        'install' => operate_install($arguments),
        'update-db' => operate_update_db(),
        'cron' => operate_cron(),
        'flush-cache' => operate_flush_cache(),
        'doctor' => operate_doctor(),
        default => usage("there is no command $command"),
    });
} catch (\Throwable $error) {
    fwrite(STDERR, 'platen-wp: ' . $error->getMessage() . "\n");
    exit(1);
}
