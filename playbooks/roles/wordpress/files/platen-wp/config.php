<?php
/** WordPress's constants, from the settings that were checked at the start of the container. wp-config.php reads it. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/settings.php';
require_once __DIR__ . '/lib/generation.php';
require_once __DIR__ . '/lib/page.php';
begin_page();
if (settings()['CACHE_HOST'] !== null) {
    require_once __DIR__ . '/lib/object-cache.php';
    require_once __DIR__ . '/lib/sessions.php';
    Sessions::use();
    // What wp-settings.php says after it has read a drop-in of wp-content.
    $GLOBALS['_wp_using_ext_object_cache'] = true;
}

(static function (array $settings): void {
    global $table_prefix;
    $table_prefix = $settings['TABLE_PREFIX'];
    $constants = [
        'DB_HOST' => $settings['DB_HOST'],
        'DB_NAME' => $settings['DB_NAME'],
        'DB_USER' => $settings['DB_USER'],
        'DB_PASSWORD' => $settings['DB_PASSWORD'],
        'DB_CHARSET' => 'utf8mb4',
        'DB_COLLATE' => '',
        'WP_HOME' => $settings['HOME'] ?? $settings['URL'],
        'WP_SITEURL' => $settings['SITEURL'] ?? $settings['URL'],
        // Where a container's own link leads, which is one and the same in all replicas of an image.
        'WP_CONTENT_DIR' => readlink(image()['run'] . '/wp-content'),
        'WP_DEBUG' => $settings['DEBUG'] === 'true',
        'WP_DEBUG_DISPLAY' => false,
        'WP_MEMORY_LIMIT' => $settings['MEMORY_LIMIT'],
        'WP_MAX_MEMORY_LIMIT' => $settings['MAX_MEMORY_LIMIT'],
        // One runner for all replicas (tick.php), and not the visitors.
        'DISABLE_WP_CRON' => true,
        // wp-content is the workers' own: plugins are installed without asking for an FTP account.
        'FS_METHOD' => 'direct',
        'DISALLOW_FILE_MODS' => $settings['WEBROOT'] === 'uploads' || $settings['FILE_MODS'] === 'false',
        // The core is part of the image: a new image brings a new core.
        'WP_AUTO_UPDATE_CORE' => false,
        'AUTOMATIC_UPDATER_DISABLED' => true,
        'WP_ALLOW_MULTISITE' => false,
    ];
    if ($settings['MULTISITE'] !== 'off') {
        require_once __DIR__ . '/lib/network.php';
        $constants = (is_network() ? network_constants() : []) + $constants;
    }
    // Each by its name, or all from one secret, or else from the database's password: the same in every replica.
    $secret = $settings['SECRET'] ?? $settings['DB_PASSWORD'];
    foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $use) {
        foreach (["{$use}_KEY", "{$use}_SALT"] as $name) {
            $constants[$name] = $settings[$name] ?? hash_hmac('sha256', $name, $secret);
        }
    }
    if ($settings['DB_TLS'] !== 'off') {
        // For a class of somebody else's, as below, and for plugins that connect by themselves.
        $constants['MYSQL_CLIENT_FLAGS'] = MYSQLI_CLIENT_SSL
            | ($settings['DB_TLS'] === 'verify' ? MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT : MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT);
    }
    foreach ($constants as $name => $value) {
        if ($value !== null && !defined($name)) {
            define($name, $value);
        }
    }
})(settings());

require_once __DIR__ . '/lib/wpdb.php';
$GLOBALS['wpdb'] = site_database();
// WordPress asks this just after it has read db.php of wp-content, which may be anybody's: where TLS is demanded, the connection
// stays the image's.
$GLOBALS['wp_filter']['enable_loading_object_cache_dropin'][PHP_INT_MAX]['platen'] = [
    'accepted_args' => 1,
    'function' => static function ($enable) {
        if (settings()['DB_TLS'] !== 'off' && $GLOBALS['wpdb'] !== site_database()) {
            $GLOBALS['wpdb'] = site_database();
            wp_set_wpdb_vars();
        }
        return $enable;
    },
];
// The image's plugins, also where the volume has lost the link to them.
$GLOBALS['wp_filter']['muplugins_loaded'][-PHP_INT_MAX]['platen'] = [
    'accepted_args' => 0, 'function' => static fn () => require_once image()['run'] . '/root/wp-content/mu-plugins/platen.php',
];

// Debian's install.php writes them into the options.
foreach (['upload_path', 'upload_url_path'] as $platen_name) {
    $GLOBALS[$platen_name] ??= '';
}

// The site is about to be installed by itself: nobody else may do it first.
if (settings()['ADMIN_USER'] !== null && PHP_SAPI !== 'cli' && basename($_SERVER['SCRIPT_NAME'] ?? '') === 'install.php') {
    // Tries in a row that failed, some two seconds each.
    $platen_tries = (int) @file_get_contents(image()['run'] . '/state/problem');
    http_response_code($platen_tries < 60 ? 503 : 500);
    if ($platen_tries < 60) {
        header('Retry-After: 5');
    }
    exit(match (true) {
        $platen_tries < 5 => 'This site installs itself; please come back in a moment.',
        $platen_tries < 60 => 'This site installs itself, and waits for its database; please come back in a moment.',
        default => 'This site can not install itself. The log of the container says why.',
    });
}
