<?php
/** Begins a new generation of the page cache in all replicas when something changes that visitors see. */

namespace Platen;

/** At the end of the request, when all of the change is in the database. */
function purge_page_cache(): void
{
    static $asked = false;
    if (!$asked) {
        $asked = true;
        add_action('shutdown', static fn () => renew_generation('page-cache'), PHP_INT_MAX, 0);
    }
}

// For other plugins: do_action('platen_purge_page_cache').
foreach ([
    'platen_purge_page_cache', 'platen_flush_cache', 'attachment_updated', 'delete_attachment', 'wp_update_comment_count', 'edit_comment', 'saved_term',
    'delete_term', 'profile_update', 'deleted_user', 'switch_theme', 'customize_save_after', 'upgrader_process_complete',
    'wp_update_nav_menu',
] as $hook) {
    add_action($hook, 'Platen\purge_page_cache', 10, 0);
}
add_action('transition_post_status', static function ($new, $old): void {
    if ($new === 'publish' || $old === 'publish') {
        purge_page_cache();
    }
}, 10, 2);
add_action('deleted_post', static function ($id, $post): void {
    if ($post->post_status === 'publish') {
        purge_page_cache();
    }
}, 10, 2);
// Such as the picture of a post, which is set apart from it.
foreach (['added_post_meta', 'updated_post_meta', 'deleted_post_meta'] as $hook) {
    add_action($hook, static function ($ids, $post, $key): void {
        if (!str_starts_with($key, '_edit_') && get_post_status($post) === 'publish') {
            purge_page_cache();
        }
    }, 10, 3);
}
foreach (['added_option', 'updated_option', 'deleted_option'] as $hook) {
    add_action($hook, static function ($name): void {
        $seen = '/^(blog(name|description|_public|_charset)|siteurl|home|WPLANG|show_on_front|page_(on_front|for_posts)|posts_per_(page|rss)'
            . '|rss_use_excerpt|(date|time)_format|timezone_string|gmt_offset|start_of_week|sticky_posts|site_(icon|logo)|permalink_structure'
            . '|(category|tag)_base|stylesheet|template|active_plugins|sidebars_widgets|widget_.*|theme_mods_.*|nav_menu_options'
            . '|(thread_|page_)?comments?_.*|comments_per_page|show_avatars|avatar_.*)$/D';
        if (preg_match($seen, $name) === 1) {
            purge_page_cache();
        }
    }, 10, 1);
}
