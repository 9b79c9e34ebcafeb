<?php
/** What belongs to the image is shown as such: nobody deletes or replaces it in the admin, where it would come to half. */

namespace Platen;

/** Whether a plugin (its folder or file) or a theme is the image's. */
function is_baked(string $kind, string $name): bool
{
    $name = explode('/', $name)[0];
    return preg_match('/^[^.\/][^\/]*$/', $name) === 1
        && file_exists(image()['core'] . "/wp-content/$kind/$name")
        && (settings()['WEBROOT'] === 'uploads' || is_link(image()['content'] . "/$kind/$name"));
}

const PART_OF_IMAGE = 'Part of the image: a new image brings another version.';

add_filter('plugin_row_meta', static fn (array $meta, string $file): array => is_baked('plugins', $file) ? [...$meta, PART_OF_IMAGE] : $meta, 10, 2);
add_filter('plugin_action_links', static function (array $links, string $file): array {
    return is_baked('plugins', $file) ? array_diff_key($links, ['delete' => 1, 'edit' => 1]) : $links;
}, PHP_INT_MAX, 2);
add_filter('wp_prepare_themes_for_js', static function (array $themes): array {
    foreach ($themes as $name => $theme) {
        if (is_baked('themes', (string) $name)) {
            $themes[$name]['actions']['delete'] = null;
            $themes[$name]['hasUpdate'] = false;
            $themes[$name]['description'] .= ' ' . PART_OF_IMAGE;
        }
    }
    return $themes;
});
// Before anything of it is gone.
foreach (['delete_plugin' => 'plugins', 'delete_theme' => 'themes'] as $action => $kind) {
    add_action($action, static function (string $name) use ($kind): void {
        if (is_baked($kind, $name)) {
            $error = new \WP_Error('platen_image', PART_OF_IMAGE, ['status' => 403]);
            wp_is_json_request() || wp_doing_ajax() ? wp_send_json_error(['errorMessage' => PART_OF_IMAGE], 403) : wp_die($error, '', 403);
        }
    }, -PHP_INT_MAX);
}
// What is uploaded or updated, by the folder that it would take.
add_filter('upgrader_source_selection', static function ($source, $remote, $upgrader) {
    $kind = match (true) {
        $upgrader instanceof \Plugin_Upgrader => 'plugins',
        $upgrader instanceof \Theme_Upgrader => 'themes',
        default => null,
    };
    return $kind !== null && is_string($source) && is_baked($kind, basename($source)) ? new \WP_Error('platen_image', PART_OF_IMAGE) : $source;
}, PHP_INT_MAX, 3);
foreach (['plugins', 'themes'] as $kind) {
    add_filter("site_transient_update_$kind", static function ($updates) use ($kind) {
        if (is_object($updates) && is_array($updates->response ?? null)) {
            $updates->response = array_filter($updates->response, static fn ($name): bool => !is_baked($kind, (string) $name), ARRAY_FILTER_USE_KEY);
        }
        return $updates;
    });
}
