<?php
/** What it takes to make the sizes of a picture, reckoned from its header before anything of it is read. */

declare(strict_types=1);

namespace Platen;

/** Pixels, as they are after reading, that can be worked on within the time of a request. */
const MOST_PIXELS = 64_000_000;

/** Whether a picture can never be worked on in this container, however long somebody waits. */
function never_fits(string $file): bool
{
    [$width, $height, $type] = (array) @getimagesize($file) + [0, 0, 0];
    if ($type !== IMAGETYPE_JPEG) {
        return $width * $height > MOST_PIXELS || max($width, $height) > 32_000;
    }
    // It is read at a half, third … eighth of its size, where that is enough.
    $largest = largest_side();
    $by = $largest === 0 ? 1 : max(1, min(8, intdiv(max($width, $height), $largest)));
    // The decoder of a progressive one holds all of it: three colours of two bytes.
    $held = is_progressive($file) ? $width * $height * 6 : 0;
    return $width * $height > MOST_PIXELS * $by * $by || $held > intdiv(picture_memory() * 1024 * 1024, 3);
}

/** MB of the container. */
function picture_memory(): int
{
    return (int) getenv('PLATEN_MEMORY') ?: 384;
}

/** The longest side, in pixels, of all sizes that WordPress may make; 0 where it keeps the picture's own. */
function largest_side(): int
{
    $threshold = (int) apply_filters('big_image_size_threshold', 2560, [], '', 0);
    $sides = array_map(static fn (array $size): int => max((int) $size['width'], (int) $size['height']), wp_get_registered_image_subsizes());
    // A height of 9999 says that only the width counts.
    return $threshold === 0 ? 0 : max($threshold, ...array_values(array_filter($sides, static fn (int $side): bool => $side < 9000)));
}

/** Whether a JPEG begins its frame by SOF2 (ITU T.81, table B.1). */
function is_progressive(string $file): bool
{
    $stream = @fopen($file, 'r');
    $found = false;
    for ($at = 2; $stream !== false && !$found && fseek($stream, $at) === 0; $at += 2 + $length) {
        ['marker' => $marker, 'length' => $length] = @unpack('nmarker/nlength', (string) fread($stream, 4)) ?: ['marker' => 0, 'length' => 0];
        $found = $marker === 0xffc2;
        // Not a marker any more, or the scan begins.
        if ($marker < 0xffc0 || $marker === 0xffda) {
            break;
        }
    }
    return $found;
}

/** WordPress's own words. */
function picture_trouble(): string
{
    return __('Post-processing of the image failed likely because the server is busy or does not have enough resources. Uploading a smaller image may help. Suggested maximum size is 2560 pixels.');
}
