<?php
/**
 * While replicas of a newer image run, the tables are theirs. The admin of this one works meanwhile and asks nobody to update
 * the database, and wp-admin/upgrade.php, which asks for no login, does not set it back. platen-wp still can.
 */

if (PHP_SAPI !== 'cli') {
    add_filter('option_db_version', static fn ($version) => min($version, $GLOBALS['wp_db_version']));
    if (basename($_SERVER['SCRIPT_NAME'] ?? '') === 'upgrade.php') {
        $platen_version = $wpdb->get_var("SELECT option_value FROM $wpdb->options WHERE option_name = 'db_version'");
        if ((int) $platen_version > $wp_db_version) {
            // WordPress defines it where nobody did.
            function wp_upgrade(): void
            {
            }
        }
    }
}
