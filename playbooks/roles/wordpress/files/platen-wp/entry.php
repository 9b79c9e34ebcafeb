<?php
/**
 * Read before programs below wp-content that somebody asks for by their address. Few are meant to be: those that load WordPress by
 * themselves, and those that do without. All others are parts, which fail alone: a status 500 and an alarm for whoever likes.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/settings.php';
require_once __DIR__ . '/lib/runs-alone.php';

function is_entry_point(string $file, string $path): bool
{
    foreach (explode(',', (string) settings()['ENTRY_POINTS']) as $pattern) {
        if ($pattern !== '' && fnmatch(trim($pattern), ltrim($path, '/'))) {
            return true;
        }
    }
    $code = (string) @file_get_contents($file, length: 262144);
    $loads = '/wp-load\.php|wp-blog-header\.php|SHORTINIT|(?:require|include)(?:_once)?\b[^;]{0,200}(?:wp-config|wp-admin\/admin|wp-settings)\.php/';
    return preg_match($loads, $code) === 1 || runs_alone($code);
}

if (!is_entry_point($_SERVER['SCRIPT_FILENAME'], $_SERVER['SCRIPT_NAME'])) {
    http_response_code(403);
    exit;
}
