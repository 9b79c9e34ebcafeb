<?php
/**
 * Pages that nginx may give to other visitors. Of such a request PHP sees only what stands in the key, and whether the answer is
 * kept is decided when it is whole, by all that happened meanwhile. What is given out before it is whole is not kept.
 */

declare(strict_types=1);

namespace Platen;

/** What of the headers has nothing to do with the visitor, or was made true by nginx. */
const HEADERS_OF_ALL = [
    'HTTP_HOST', 'HTTP_CONNECTION', 'HTTP_X_REQUEST_ID', 'HTTP_X_REAL_IP', 'HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_PROTO',
];

/** Begins, where nginx may keep the answer. */
function begin_page(): void
{
    if (($_SERVER['PLATEN_PAGE'] ?? '') === '') {
        return;
    }
    forget_visitor();
    // Larger than any page: a file that PHP gives out is not held in memory.
    ob_start(static function (string $text, int $phase): string {
        static $given = false;
        if (($phase & PHP_OUTPUT_HANDLER_FINAL) === 0 || ($phase & PHP_OUTPUT_HANDLER_CLEAN) !== 0) {
            $given || remember_page(false);
            $given = true;
            return $text;
        }
        $kept = !$given && !headers_sent() && is_for_all();
        if ($kept) {
            header('X-Platen-Page: keep');
            if (http_response_code() === 404) {
                // WordPress asks browsers to forget it; here, seconds keep those who try names from asking the database each time.
                header('X-Accel-Expires: ' . $_SERVER['PLATEN_PAGE']);
            }
        }
        remember_page($kept);
        return $text;
    }, 4 * 1024 * 1024);
    $GLOBALS['wp_filter']['set_current_user'][PHP_INT_MAX]['platen-page'] = [
        'accepted_args' => 0, 'function' => static fn () => visitor_is_known(get_current_user_id() !== 0),
    ];
    // What a nonce is made for besides: a shop's customer, who is not logged in.
    $GLOBALS['wp_filter']['nonce_user_logged_out'][PHP_INT_MAX]['platen-page'] = [
        'accepted_args' => 1, 'function' => static function ($user) {
            visitor_is_known((string) $user !== '0');
            return $user;
        },
    ];
    $GLOBALS['wp_filter']['wp_redirect'][PHP_INT_MAX]['platen-page'] = ['accepted_args' => 1, 'function' => with_arguments(...)];
}

/** Takes away what the next visitor may have otherwise. */
function forget_visitor(): void
{
    $kept = [...HEADERS_OF_ALL, ...explode(' ', $_SERVER['PLATEN_PAGE_HEADERS'])];
    $mobile = $_SERVER['PLATEN_PAGE_DEVICE'] === 'mobile' ? ' (Mobile)' : '';
    foreach (array_keys($_SERVER) as $name) {
        if (str_starts_with($name, 'HTTP_') && !in_array($name, $kept, true)) {
            unset($_SERVER[$name]);
        }
    }
    $_SERVER += ['HTTP_USER_AGENT' => "Mozilla/5.0$mobile", 'HTTP_ACCEPT' => 'text/html,*/*', 'HTTP_ACCEPT_LANGUAGE' => $_SERVER['PLATEN_PAGE_LANGUAGE']];
    if ($_COOKIE !== []) {
        preg_match_all('/(?:^|;)([^=;]+)=/', $_SERVER['PLATEN_PAGE_COOKIES'], $keyed);
        $names = array_flip(array_map(static fn (string $name): string => strtr($name, '.', '_'), $keyed[1]));
        $_COOKIE = array_intersect_key($_COOKIE, $names);
        $_REQUEST = array_diff_key($_REQUEST, $names) + $_GET;
        $_SERVER += $keyed[1] === [] ? [] : ['HTTP_COOKIE' => rtrim($_SERVER['PLATEN_PAGE_COOKIES'], ';')];
    }
}

/** Tells nginx whether visitors who ask at once for such a page wait for one answer, or are given one each (nginx.conf). */
function remember_page(bool $kept): void
{
    $folder = image()['run'] . '/state/pages';
    $place = $_SERVER['PLATEN_PAGE_PLACE'];
    [$is, $was] = $kept ? ['kept', 'unkept'] : ['unkept', 'kept'];
    @unlink("$folder/$was/$place");
    is_file("$folder/$is/$place") || @touch("$folder/$is/$place");
}

/** Whether the page was made for somebody, at any time of the request: what it had then, it may show. */
function visitor_is_known(bool $now = false): bool
{
    static $known = false;
    return $known = $known || $now;
}

/** Whether anybody may be given the answer, as it is now. */
function is_for_all(): bool
{
    $status = http_response_code();
    return ($status === 200 || $status === 404 && $_SERVER['PLATEN_PAGE'] > 0)
        // A page of the site, and not what a plugin answers before WordPress knows what it is asked for.
        && function_exists('did_action') && did_action('template_redirect') > 0
        && !(defined('DONOTCACHEPAGE') && DONOTCACHEPAGE)
        && array_filter(['REST_REQUEST', 'DOING_AJAX', 'DOING_CRON', 'XMLRPC_REQUEST', 'WP_ADMIN'], defined(...)) === []
        && !visitor_is_known(get_current_user_id() !== 0)
        && session_id() === ''
        && array_filter(headers_list(), static fn (string $line): bool => forbids_keeping($line, $status)) === []
        && is_query_for_all();
}

/** Whether a header says that the answer is one visitor's. */
function forbids_keeping(string $line, int $status): bool
{
    [$name, $value] = explode(':', strtolower($line), 2) + [1 => ''];
    return match ($name) {
        'set-cookie', 'x-accel-redirect', 'x-sendfile', 'www-authenticate', 'authorization' => true,
        'vary' => preg_match('/\*|cookie|authorization/', $value) === 1,
        // WordPress says so of each page that is not there.
        'cache-control' => $status !== 404 && preg_match('/private|no-cache|no-store|(max-age|s-maxage)\s*=\s*0*(\D|$)/', $value) === 1,
        'pragma' => $status !== 404 && str_contains($value, 'no-cache'),
        'x-accel-expires' => trim($value) === '0',
        default => false,
    };
}

function is_query_for_all(): bool
{
    foreach (['is_cart', 'is_checkout', 'is_account_page', 'edd_is_checkout'] as $is) {
        if (function_exists($is) && $is()) {
            return false;
        }
    }
    $post = is_singular() ? get_queried_object() : null;
    return !is_preview() && !is_customize_preview() && !is_feed() && !is_trackback()
        && !($post instanceof \WP_Post && ($post->post_password !== '' || $post->post_status !== 'publish' && $post->post_status !== 'inherit'));
}

/** A redirect within the site takes along what a campaign gave to the link. */
function with_arguments(mixed $location): mixed
{
    $arguments = $_SERVER['PLATEN_PAGE_ARGUMENTS'] ?? '';
    // By what was asked for: not all of WordPress may be there yet.
    $own = is_string($location) && (preg_match('/^\/(?!\/)/', $location) === 1 || preg_match('/^https?:\/\/' . preg_quote($_SERVER['HTTP_HOST'] ?? '', '/') . '\//i', $location) === 1);
    return $own && $arguments !== '' && strpbrk($location, '?#') === false ? "$location?$arguments" : $location;
}
