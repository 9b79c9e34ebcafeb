<?php
/** Reads and checks the settings, once, before any service starts; hands them to PHP in a file that only it can read. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/image.php';

/** What is wrong with the settings, all at once. */
final class BadSettings extends \RuntimeException
{
    /** @param list<string> $problems */
    public function __construct(public readonly array $problems)
    {
        parent::__construct(implode("\n", $problems));
    }
}

/**
 * The checked settings of the site by their names, without WORDPRESS_; null is what is not set.
 *
 * @param array<string, string> $environment
 * @return array<string, string|null>
 * @throws BadSettings
 */
function read_settings(array $environment): array
{
    $values = read_table(require __DIR__ . '/settings-table.php', $environment);
    $problems = problems_together($values);
    return $problems === [] ? $values : throw new BadSettings($problems);
}

/**
 * As `read_settings`, of a table of one's own, and without a look at what goes together.
 *
 * @param array<string, array<string, mixed>> $table
 * @param array<string, string> $environment
 * @return array<string, string|null>
 * @throws BadSettings
 */
function read_table(array $table, array $environment): array
{
    $values = $problems = [];
    foreach ($table as $name => $setting) {
        try {
            $value = raw_setting($name, $environment);
            $part = $setting['part'] ?? null;
            $value = ($part === null || $value === null ? $value : part_of_secret($value, $part)) ?? $setting['default'] ?? null;
            if ($value === null && ($setting['required'] ?? false)) {
                throw new \UnexpectedValueException("$name is missing: set it, or {$name}_FILE to a file that holds it");
            }
            $values[substr($name, 10)] = $value === null ? null : checked_setting($name, $value, $setting);
        } catch (\UnexpectedValueException $problem) {
            $problems[] = $problem->getMessage();
        }
    }
    return $problems === [] ? $values : throw new BadSettings($problems);
}

/** @param array<string, string> $environment */
function raw_setting(string $name, array $environment): ?string
{
    $value = $environment[$name] ?? '';
    $file = $environment["{$name}_FILE"] ?? '';
    if ($file === '') {
        return $value === '' ? null : $value;
    }
    if ($value !== '') {
        throw new \UnexpectedValueException("Both $name and {$name}_FILE are set; set one of them");
    }
    $text = is_file($file) ? @file_get_contents($file) : false;
    if ($text === false) {
        throw new \UnexpectedValueException("{$name}_FILE names $file, which can't be read");
    }
    $text = rtrim($text, "\r\n");
    return $text === '' ? throw new \UnexpectedValueException("{$name}_FILE names $file, which is empty") : $text;
}

/**
 * Secrets Manager, and with it RDS, keeps a user and a password together as JSON: {"username": "…", "password": "…"}. Of any
 * other text, all of it.
 */
function part_of_secret(string $text, string $part): string
{
    $secret = str_starts_with($text, '{') ? json_decode($text, true) : null;
    return is_array($secret) && is_string($secret[$part] ?? null) ? $secret[$part] : $text;
}

/**
 * The value as the rest wants it.
 *
 * @param array<string, mixed> $setting its line of the table
 */
function checked_setting(string $name, string $value, array $setting): string
{
    $holds = match ($setting['kind']) {
        'choice' => in_array($value, $setting['choices'], true),
        'flag' => in_array($value, ['1', '0', 'true', 'false'], true),
        'number' => preg_match('/^[0-9]{1,9}$/D', $value) === 1 && $value >= $setting['from'] && $value <= $setting['to'],
        'size' => preg_match('/^([1-9][0-9]{0,5}[KMG]|-1)$/D', $value),
        'prefix' => preg_match('/^[A-Za-z0-9_]{1,40}$/D', $value),
        'host' => preg_match('/^[A-Za-z0-9._:-]+$/D', $value),
        'address' => preg_match('/^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+)?(:[0-9]{1,5})?(:\/[^:]+)?$/D', $value),
        'url' => preg_match('/^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~\/-]*)?$/D', $value),
        'email' => filter_var($value, FILTER_VALIDATE_EMAIL) !== false,
        'user' => preg_match('/^[A-Za-z0-9 _.@-]{1,60}$/D', $value),
        'file' => is_readable($value),
        'key' => strlen($value) >= 32,
        'text' => preg_match('/[\x00-\x1f\x7f]/', $value) === 0,
    };
    if (!$holds) {
        $shown = ($setting['secret'] ?? false) ? 'is not usable; it' : 'is ' . json_encode($value, JSON_UNESCAPED_SLASHES) . '; it';
        throw new \UnexpectedValueException("$name $shown must be " . setting_takes($setting));
    }
    return match ($setting['kind']) {
        'flag' => in_array($value, ['1', 'true'], true) ? 'true' : 'false',
        'url' => rtrim($value, '/'),
        default => $value,
    };
}

/** What a value must be, in words. @param array<string, mixed> $setting its line of the table */
function setting_takes(array $setting): string
{
    return match ($setting['kind']) {
        'choice' => 'one of ' . implode(', ', $setting['choices']),
        'flag' => 'true or false',
        'number' => "a whole number from {$setting['from']} to {$setting['to']}",
        'size' => 'a size like 256M',
        'prefix' => 'letters, digits and "_"',
        'host' => 'a host name',
        'address' => 'a host name, with :port where it is not 3306',
        'url' => 'an address like https://example.org, without a query',
        'email' => 'an address like me@example.org',
        'user' => 'at most 60 letters, digits, spaces and "_.-@"',
        'file' => 'a file that can be read',
        'key' => 'at least 32 characters, such as platen-wp salts prints',
        'text' => 'one line',
    };
}

/**
 * @param array<string, string|null> $values
 * @return list<string>
 */
function problems_together(array $values): array
{
    $problems = [];
    foreach (['URL', 'HOME', 'SITEURL'] as $name) {
        if ($values[$name] !== null && parse_url($values[$name], PHP_URL_PATH) !== null) {
            $problems[] = "WORDPRESS_$name is \"{$values[$name]}\"; it must be an address without a path: the site answers at / alone."
                . ' Give it a host name of its own, or let the proxy in front take the path away and rewrite links';
        }
    }
    $needed = ['TITLE', 'ADMIN_USER', 'ADMIN_PASSWORD', 'ADMIN_EMAIL'];
    $missing = array_filter($needed, static fn (string $name): bool => $values[$name] === null);
    $begun = count($missing) < count($needed);
    if ($begun && $missing !== []) {
        $problems[] = 'The installation needs WORDPRESS_' . implode(' and WORDPRESS_', $missing) . ', too';
    }
    if ($begun && $values['URL'] === null && $values['SITEURL'] === null) {
        $problems[] = 'The installation needs WORDPRESS_URL, too';
    }
    if ($values['MULTISITE'] !== 'off' && ($values['URL'] === null || ($values['HOME'] ?? $values['SITEURL']) !== null)) {
        $problems[] = 'WORDPRESS_MULTISITE needs WORDPRESS_URL, the address of the first site, and neither WORDPRESS_HOME nor WORDPRESS_SITEURL: each site has its own';
    }
    if ($values['SMTP_HOST'] === null && ($values['SMTP_USER'] ?? $values['SMTP_PASSWORD']) !== null) {
        $problems[] = 'WORDPRESS_SMTP_USER and WORDPRESS_SMTP_PASSWORD need WORDPRESS_SMTP_HOST';
    }
    if (($values['SMTP_USER'] === null) !== ($values['SMTP_PASSWORD'] === null)) {
        $problems[] = 'WORDPRESS_SMTP_USER and WORDPRESS_SMTP_PASSWORD need each other';
    }
    return $problems;
}

/**
 * Names that look like settings and are none, most likely slips of the pen. Kubernetes sets variables for a service that is
 * called "wordpress" (WORDPRESS_SERVICE_HOST, WORDPRESS_PORT_80_TCP …), which mean nothing here.
 *
 * @param array<string, string> $environment
 * @return list<string>
 */
function unknown_settings(array $environment): array
{
    $table = require __DIR__ . '/settings-table.php';
    $unknown = [];
    foreach (array_keys($environment) as $name) {
        $known = isset($table[$name]) || isset($table[preg_replace('/_FILE$/D', '', $name)]);
        if (!$known && preg_match('/^WORDPRESS_(?!SERVICE_|PORT(_|$))/', $name) === 1) {
            $unknown[] = $name;
        }
    }
    return $unknown;
}

/**
 * The settings that were checked when the container started.
 *
 * @return array<string, string|null>
 */
function settings(): array
{
    static $settings = null;
    return $settings ??= require image()['run'] . '/settings.php';
}
