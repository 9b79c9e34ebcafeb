<?php
/**
 * Marks that all replicas share, in files of the volume: whoever finds another text than before knows that what he kept is
 * out of date. Written in place and read by opening, which is what a network file system keeps true between machines.
 */

declare(strict_types=1);

namespace Platen;

/** The generation in force, 16 hexadecimal digits; zeros where there was none yet. */
function generation(string $name): string
{
    $text = (string) @file_get_contents(image()['volume'] . "/.platen/$name", length: 16);
    return preg_match('/^[0-9a-f]{16}$/D', $text) === 1 ? $text : str_repeat('0', 16);
}

/** Begins a new one; it is in force for everybody when this returns. */
function renew_generation(string $name): string
{
    $folder = image()['volume'] . '/.platen';
    $new = bin2hex(random_bytes(8));
    $file = is_dir($folder) || @mkdir($folder, 0755) ? @fopen("$folder/$name", 'c') : false;
    // All at once: nobody reads half of it.
    if ($file === false || fwrite($file, $new) !== 16 || !fclose($file)) {
        error_log("platen: $folder/$name can't be written: what is cached of before may be given out until it expires");
    }
    return $new;
}
