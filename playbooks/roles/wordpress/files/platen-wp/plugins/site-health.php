<?php
/** Tells Site Health what is by design. */

namespace Platen;

// The core is the image's: it does not update itself.
add_filter('site_status_tests', static function (array $tests): array {
    unset($tests['async']['background_updates'], $tests['direct']['background_updates']);
    return $tests;
});
// nginx says so by a header of its own.
add_filter('site_status_page_cache_supported_cache_headers', static function (array $headers): array {
    return $headers + ['x-cache' => static fn (string $value): bool => in_array($value, ['HIT', 'MISS', 'EXPIRED', 'STALE', 'UPDATING'], true)];
});
