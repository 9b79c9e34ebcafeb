<?php
/**
 * What WordPress makes of theme.json is the same on page after page, and a third of the time that a page takes: with an object
 * cache it is kept there, under a name that tells all it is made of. WordPress itself does not keep it, because plugins may
 * change it by filters for each visitor; where there is such a filter, nothing is kept here either.
 */

namespace Platen;

/** Reads and sets what WordPress knows of the theme, within a request. */
final class ThemeJson extends \WP_Theme_JSON_Resolver
{
    /** Of other releases it is not known whether this is all. */
    private const RELEASES = ['6.8'];
    private const FILTERS = [
        'wp_theme_json_data_default', 'wp_theme_json_data_blocks', 'wp_theme_json_data_theme', 'wp_theme_json_data_user',
        'wp_theme_json_get_style_nodes', 'theme_file_path',
    ];
    /** What WordPress keeps by itself to the end of the request. */
    private const DERIVED = [
        'wp_get_global_stylesheet', 'wp_get_global_settings_custom', 'wp_get_global_settings_theme', 'wp_get_theme_data_template_parts',
    ];
    private const GROUP = 'platen_theme_json';

    public static function isUsable(): bool
    {
        return wp_using_ext_object_cache()
            && settings()['CACHE_THEME_JSON'] === 'true'
            && in_array(preg_replace('/^(\d+\.\d+).*/', '$1', $GLOBALS['wp_version']), self::RELEASES, true)
            && self::$theme === null
            && !is_customize_preview()
            && !wp_is_development_mode('theme')
            && array_filter(self::FILTERS, has_filter(...)) === [];
    }

    /** Takes what is kept; what is not, is kept at the end of the request. */
    public static function begin(): void
    {
        $source = self::source();
        $made = wp_cache_get($source, self::GROUP);
        if (is_array($made)) {
            [self::$core, self::$blocks, self::$theme, $metadata, $styles] = $made;
            $names = array_fill_keys(array_keys(self::blocks()), true);
            self::$blocks_cache = ['core' => $names, 'blocks' => $names, 'theme' => $names] + self::$blocks_cache;
            BlocksMetadata::set($metadata);
            wp_register_block_style_variations_from_theme_json_partials($styles);
        }
        // By what somebody set in the editor too.
        $all = $source . self::hash(self::get_user_data()->get_raw_data());
        $derived = wp_cache_get($all, self::GROUP);
        foreach (is_array($derived) ? $derived : [] as $key => $value) {
            wp_cache_set($key, $value, 'theme_json');
        }
        if (!is_array($made) || !is_array($derived)) {
            $blocks = self::blocks();
            // Blocks may be added meanwhile, and there are pages that need no theme.json.
            add_action('shutdown', static fn () => self::blocks() === $blocks && self::$theme !== null && self::keep($source, $all), 0);
        }
    }

    private static function keep(string $source, string $all): void
    {
        $styles = array_map(
            static fn (array $style): array => array_intersect_key($style, ['blockTypes' => 1, 'slug' => 1, 'title' => 1]) + ['styles' => true],
            array_filter(self::get_style_variations('block'), static fn (array $style): bool => !empty($style['styles'])),
        );
        wp_cache_set($source, [self::get_core_data(), self::get_block_data(), self::$theme, BlocksMetadata::get(), $styles], self::GROUP, HOUR_IN_SECONDS);
        $derived = array_filter(wp_cache_get_multiple(self::DERIVED, 'theme_json'), static fn ($value): bool => $value !== false);
        wp_cache_set($all, $derived, self::GROUP, HOUR_IN_SECONDS);
    }

    /** What it is all made of, but for what somebody set in the editor. */
    private static function source(): string
    {
        $folders = array_unique([get_stylesheet_directory(), get_template_directory()]);
        return self::hash([
            image()['release'],
            md5_file(__FILE__),
            determine_locale(),
            wp_should_load_separate_core_block_assets(),
            array_map(self::files(...), $folders),
            [get_stylesheet_directory_uri(), get_template_directory_uri()],
            $GLOBALS['_wp_theme_features'],
            array_map(static fn (\WP_Block_Type $block): array => [$block->supports, $block->selectors, $block->styles], self::blocks()),
            \WP_Block_Styles_Registry::get_instance()->get_all_registered(),
        ]);
    }

    /** @return array<string, \WP_Block_Type> */
    private static function blocks(): array
    {
        return \WP_Block_Type_Registry::get_instance()->get_all_registered();
    }

    /** A theme of the image does not change; of others, all that is read. */
    private static function files(string $folder): array
    {
        $real = (string) realpath($folder);
        if (str_starts_with($real, image()['core'] . '/')) {
            return [$real];
        }
        $files = ["$real/theme.json"];
        if (is_dir("$real/styles")) {
            $found = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator("$real/styles"));
            $files = [...$files, ...array_keys(iterator_to_array(new \RegexIterator($found, '/\.json$/i')))];
        }
        return array_map(static fn (string $file): array => [$file, @filemtime($file), @filesize($file)], $files);
    }

    private static function hash(mixed $of): string
    {
        // What can't be written down, such as a function that a theme gives, does not matter.
        return hash('xxh128', json_encode($of, JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE));
    }
}

final class BlocksMetadata extends \WP_Theme_JSON
{
    public static function get(): array
    {
        return self::$blocks_metadata;
    }

    public static function set(array $metadata): void
    {
        self::$blocks_metadata = $metadata;
    }
}

add_action('template_redirect', static function (): void {
    if (ThemeJson::isUsable()) {
        ThemeJson::begin();
    }
}, PHP_INT_MAX);
