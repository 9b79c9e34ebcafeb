<?php
/**
 * Asked by nginx for files below wp-content that somebody may have protected (nginx-site.conf): 204, everybody may read it, or 403.
 * A folder of PHP's own download scripts is passed by: nginx does not ask for what X-Accel-Redirect gives out.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/image.php';
require_once __DIR__ . '/lib/access-rules.php';

/** What plugins protect, also before, or without, their .htaccess. As patterns of folders below wp-content. */
const PROTECTED_FOLDERS = [
    // Its own pictures are public: EDD keeps those of products there.
    '/^uploads\/(sites\/\d+\/)?edd$/' => "Deny from all\n<FilesMatch \"\\.(jpg|jpeg|jpe|png|gif|webp|avif|mp3|ogg)$\">\nOrder Allow,Deny\nAllow from all\n</FilesMatch>",
    '/^uploads\/(sites\/\d+\/)?(woocommerce_uploads|wc-logs|gravity_forms|wpcf7_uploads|dlm_uploads|download-manager-files|memberpress|mepr'
        . '|wpforms\/cache|backup[^\/]*|backwpup-[^\/]*|backupbuddy[^\/]*|pb_backupbuddy|ithemes-security|snapshots|wp-clone|wp-migrate-db|wpvivid[^\/]*)$/' => 'Deny from all',
    '/^(updraft|ai1wm-backups|backup[^\/]*|wpvividbackups|wflogs|wp-file-manager-pro|duplicator-backups)$/' => 'Deny from all',
];

/** Whether everybody may read the file: the last folder that says something has the last word. */
function is_public(string $path): bool
{
    $parts = explode('/', trim($path, '/'));
    $file = (string) array_pop($parts);
    $public = true;
    $folder = array_shift($parts);
    $below = '';
    foreach (['', ...$parts] as $part) {
        $below = ltrim("$below/$part", '/');
        $place = image()['run'] . rtrim("/$folder/$below", '/');
        foreach (PROTECTED_FOLDERS as $pattern => $rules) {
            $public = preg_match($pattern, $below) === 1 ? (AccessRules::verdict($rules, $file) ?? $public) : $public;
        }
        $htaccess = @file_get_contents("$place/.htaccess", length: 65536);
        $public = $htaccess === false ? $public : (AccessRules::verdict($htaccess, $file) ?? $public);
        $config = @file_get_contents("$place/web.config", length: 65536);
        $public = $public && ($config === false || !denies_all($config));
    }
    return $public;
}

http_response_code(is_public($_SERVER['PLATEN_GUARDED'] ?? '') ? 204 : 403);
