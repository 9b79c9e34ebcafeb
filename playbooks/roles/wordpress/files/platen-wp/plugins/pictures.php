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
