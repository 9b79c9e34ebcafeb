<?php
/** Work in WordPress: install, network, update-db, cron, flush-cache or doctor. site.php and operate.php call it. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/settings.php';

// As in a request to the site: plugins look at these.
$platen_url = parse_url(getenv('PLATEN_URL') ?: settings()['SITEURL'] ?? settings()['URL'] ?? 'http://localhost');
$_SERVER['HTTP_HOST'] = $_SERVER['SERVER_NAME'] = $platen_url['host'] . (isset($platen_url['port']) ? ":{$platen_url['port']}" : '');
$_SERVER['REQUEST_URI'] = $_SERVER['PHP_SELF'] = $_SERVER['SCRIPT_NAME'] = ($platen_url['path'] ?? '') . '/index.php';
$_SERVER += ['SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET', 'REMOTE_ADDR' => '127.0.0.1', 'SERVER_PORT' => '80'];
if ($platen_url['scheme'] === 'https') {
    $_SERVER['HTTPS'] = 'on';
    $_SERVER['SERVER_PORT'] = '443';
}
if (($argv[1] ?? '') !== 'cron') {
    if (in_array($argv[1] ?? '', ['install', 'update-db'], true)) {
        define('WP_INSTALLING', true);
    }
    if (getenv('PLATEN_URL') !== false && (settings()['SITEURL'] ?? settings()['URL']) === null) {
        // WordPress would guess it from the name of the script.
        define('WP_SITEURL', rtrim(getenv('PLATEN_URL'), '/'));
    }
    // At the top: WordPress wants its variables to be global.
    require image()['run'] . '/root/wp-load.php';
}

function work_install(string $state): void
{
    global $wpdb, $wp_rewrite;
    if ($state === 'half') {
        say('an installation was cut off; it begins anew');
        foreach ($wpdb->tables() as $table) {
            $wpdb->query("DROP TABLE IF EXISTS `$table`");
        }
    }
    require_once __DIR__ . '/lib/install-stubs.php';
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    $given = static fn (string $name): string => getenv("PLATEN_$name") ?: (string) settings()[$name];
    // WordPress would try by asking itself at its public address; here they are known to work.
    $permalinks = '/%year%/%monthnum%/%day%/%postname%/';
    add_filter('pre_option_permalink_structure', static fn (): string => $permalinks);
    $made = wp_install($given('TITLE'), $given('ADMIN_USER'), $given('ADMIN_EMAIL'), true, '', wp_slash($given('ADMIN_PASSWORD')));
    remove_all_filters('pre_option_permalink_structure');
    $wp_rewrite->set_permalink_structure($permalinks);
    flush_rewrite_rules(false);
    if (empty($made['user_id'])) {
        throw new \RuntimeException('WordPress was not installed');
    }
    say('WordPress is installed at ' . get_option('siteurl'));
}

/** Makes the installed site the first one of a network. */
function work_network(): void
{
    global $wpdb;
    require_once __DIR__ . '/lib/network.php';
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    foreach ($wpdb->tables('ms_global') as $name => $table) {
        $wpdb->$name = $table;
    }
    install_network();
    // What an attempt left that was cut off; there are no sites yet.
    $wpdb->query("DELETE FROM $wpdb->site");
    $wpdb->query("DELETE FROM $wpdb->sitemeta");
    $admins = get_users(['role' => 'administrator', 'orderby' => 'ID', 'number' => 1]);
    ['DOMAIN_CURRENT_SITE' => $domain, 'SUBDOMAIN_INSTALL' => $by_domain] = network_constants();
    $made = populate_network(1, $domain, $admins[0]->user_email ?? '', get_option('blogname'), '/', $by_domain);
    // It asks for an address that nobody else has to answer yet.
    if (is_wp_error($made) && $made->get_error_code() !== 'no_wildcard_dns') {
        throw new \RuntimeException('the network was not made: ' . $made->get_error_message());
    }
    say("WordPress is a network of sites at $domain");
}

function work_update_db(): void
{
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_upgrade();
    // The image's own themes come and go with it.
    $theme = wp_get_theme();
    $default = \WP_Theme::get_core_default_theme();
    if ($theme->errors() !== false && $default !== false) {
        switch_theme($default->get_stylesheet());
        say('the theme ' . $theme->get_stylesheet() . ' is not there any more; now it is ' . $default->get_stylesheet());
    }
}

function work_flush_cache(): void
{
    wp_cache_flush();
    delete_expired_transients(true);
    // Other caches, such as that of whole pages.
    do_action('platen_flush_cache');
    echo "The caches are flushed.\n";
}

/** For doctor.php, as JSON in the last line. */
function work_doctor(): void
{
    global $wpdb;
    $own = array_filter(['db.php', 'object-cache.php', 'advanced-cache.php'], static fn (string $name): bool => is_file(WP_CONTENT_DIR . "/$name"));
    echo "\n", json_encode([
        'database' => get_class($wpdb),
        'cipher' => $wpdb->get_row("SHOW STATUS LIKE 'Ssl_cipher'")->Value ?? '',
        'plugins' => function_exists('Platen\\purge_page_cache'),
        'dropins' => array_values($own),
    ]), "\n";
}

match ($argv[1] ?? '') {
    'install' => work_install($argv[2]),
    'update-db' => work_update_db(),
    'network' => work_network(),
    'flush-cache' => work_flush_cache(),
    'doctor' => work_doctor(),
    'cron' => null,
};
if ($argv[1] === 'cron') {
    // The lease is the lock: WordPress's own would hold up the next runner after the death of one.
    define('WP_CRON_LOCK_TIMEOUT', 1);
    // Loads WordPress by itself.
    require image()['run'] . '/root/wp-cron.php';
}
