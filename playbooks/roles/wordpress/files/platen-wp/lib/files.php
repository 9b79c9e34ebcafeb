<?php
/** What PHP lacks to work with trees of files. */

declare(strict_types=1);

namespace Platen;

/** Removes a file, a link or a folder with all that is in it; what is gone already is no matter. */
function remove_tree(string $path): void
{
    if (is_link($path) || !is_dir($path)) {
        @unlink($path);
        return;
    }
    foreach (array_diff((array) @scandir($path), ['.', '..']) as $name) {
        remove_tree("$path/$name");
    }
    @rmdir($path);
}

/**
 * Copies a file or a folder; links are followed, so that the copy needs nothing else. What is there already stays.
 *
 * @param callable(): void $each called before each file
 * @param list<string> $except paths below the source that are left out
 * @param ?string $by a folder beside, where files become whole before they are seen; null where nobody sees the copy yet
 */
function copy_tree(string $from, string $to, callable $each, array $except = [], ?string $by = null): void
{
    if (in_array($from, $except, true) || !file_exists($from)) {
        return;
    }
    if (is_dir($from)) {
        make_folder($to);
        foreach (array_diff(scandir($from), ['.', '..']) as $name) {
            copy_tree("$from/$name", "$to/$name", $each, $except, $by);
        }
        return;
    }
    $each();
    if (!file_exists($to)) {
        $copy = $by === null ? $to : "$by/" . bin2hex(random_bytes(8));
        // opcache and nginx know files by their times.
        $done = @copy($from, $copy) && @touch($copy, (int) filemtime($from)) && ($copy === $to || @rename($copy, $to));
        if (!$done) {
            throw new \RuntimeException("$from can't be copied to $to: " . (error_get_last()['message'] ?? ''));
        }
    }
}

/** Makes a folder where there is none. @throws \RuntimeException */
function make_folder(string $path): void
{
    if (!is_dir($path) && !@mkdir($path, 0755, true) && !is_dir($path)) {
        throw new \RuntimeException("the folder $path can't be made: " . (error_get_last()['message'] ?? ''));
    }
}

/** Makes a link; false where its name is taken. */
function make_link(string $link, string $target): bool
{
    // PHP 8.4 looks targets up in its cache of paths, and refuses some that lead nowhere yet.
    clearstatcache(true);
    return @symlink($target, $link);
}

/** Points a link somewhere else, in one step. */
function point_link(string $link, string $target): void
{
    if (@readlink($link) === $target) {
        return;
    }
    $new = "$link.new-" . bin2hex(random_bytes(8));
    if (!make_link($new, $target) || !@rename($new, $link)) {
        @unlink($new);
        throw new \RuntimeException("the link $link can't be made");
    }
}
