<?php
/** Pictures are made by ImageMagick, within limits (lib/picture.php). */

namespace Platen;

if (class_exists('Imagick', false)) {
    add_filter('wp_image_editors', static function (array $editors): array {
        // WordPress has read its own editors by now.
        require_once image()['programs'] . '/lib/picture.php';
        return [Picture::class, ...$editors];
    });
}

// Who uploads one that can never be worked on is told so at once, in the editor, too. Of the file in /tmp.
foreach (['wp_handle_upload_prefilter', 'wp_handle_sideload_prefilter'] as $hook) {
    add_filter($hook, static function (array $file): array {
        require_once image()['programs'] . '/lib/picture-size.php';
        if (empty($file['error']) && never_fits((string) ($file['tmp_name'] ?? ''))) {
            $file['error'] = picture_trouble();
        }
        return $file;
    });
}
