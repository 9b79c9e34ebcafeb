<?php
/** What platen-wp tells without a site: help, settings, salts. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/settings.php';
require_once __DIR__ . '/lib/usage.php';

function print_settings(): void
{
    foreach (require __DIR__ . '/lib/settings-table.php' as $name => $setting) {
        $default = ($setting['required'] ?? false) ? 'must be set' : $setting['default'] ?? '-';
        printf("%-31s %-12s %s\n", $name, $default, setting_takes($setting));
    }
    echo "\nEach may be given in a file instead, which <name>_FILE names.\n";
}

match ($argv[1] ?? 'help') {
    'salts' => print('WORDPRESS_SECRET=' . rtrim(strtr(base64_encode(random_bytes(48)), '+/', '-_'), '=') . "\n"),
    'settings' => print_settings(),
    default => print(USAGE),
};
