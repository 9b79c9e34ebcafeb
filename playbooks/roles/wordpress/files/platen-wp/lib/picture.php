<?php
/**
 * Makes the sizes of a picture by ImageMagick, within the memory that the container has: large pictures one at a time, a JPEG read
 * no larger than WordPress needs it, and what is more than its share of memory kept in a file.
 */

namespace Platen;

final class Picture extends \WP_Image_Editor_Imagick
{
    /** Pixels above which one picture at a time is worked on in a container. */
    private const LARGE = 4_000_000;
    /** Seconds to wait for others: nginx waits 120 for PHP. */
    private const PATIENCE = 100;
    private const LOCK = '/tmp/platen-picture';

    /** @var resource|null */
    private $lock = null;

    /** @return true|\WP_Error */
    public function load()
    {
        if ($this->image instanceof \Imagick) {
            return true;
        }
        [$width, $height] = (array) wp_getimagesize($this->file) + [0, 0];
        if ($width * $height > self::LARGE && !$this->lock()) {
            return new \WP_Error('platen_busy', __('Post-processing of the image failed likely because the server is busy or does not have enough resources. Uploading a smaller image may help. Suggested maximum size is 2560 pixels.'));
        }
        self::limit();
        return wp_get_image_mime($this->file) === 'image/jpeg' ? $this->loadJpeg((int) $width, (int) $height) : parent::load();
    }

    public function __destruct()
    {
        parent::__destruct();
        if ($this->lock !== null) {
            fclose($this->lock);
        }
    }

    /** As WordPress's, but smaller where the picture is larger than it will ever be shown. @return true|\WP_Error */
    private function loadJpeg(int $width, int $height)
    {
        wp_raise_memory_limit('image');
        try {
            $image = new \Imagick();
            $largest = self::largest();
            if ($largest > 0 && max($width, $height) > $largest) {
                $scale = $largest / max($width, $height);
                $image->setOption('jpeg:size', (int) ceil($width * $scale) . 'x' . (int) ceil($height * $scale));
            }
            $image->readImage($this->file);
            $this->image = $image;
            $this->mime_type = 'image/jpeg';
            $sized = $this->update_size();
        } catch (\Exception $error) {
            return new \WP_Error('invalid_image', $error->getMessage(), $this->file);
        }
        return is_wp_error($sized) ? $sized : $this->set_quality();
    }

    /** The longest side, in pixels, of all sizes that WordPress may make; 0 where it keeps the picture's own. */
    private static function largest(): int
    {
        $threshold = (int) apply_filters('big_image_size_threshold', 2560, [], '', 0);
        $sides = array_map(static fn (array $size): int => max((int) $size['width'], (int) $size['height']), wp_get_registered_image_subsizes());
        // A height of 9999 says that only the width counts.
        return $threshold === 0 ? 0 : max($threshold, ...array_values(array_filter($sides, static fn (int $side): bool => $side < 9000)));
    }

    private function lock(): bool
    {
        $file = @fopen(self::LOCK, 'c');
        for ($end = time() + self::PATIENCE; $file !== false && time() < $end; usleep(100_000)) {
            if (flock($file, LOCK_EX | LOCK_NB)) {
                $this->lock = $file;
                return true;
            }
        }
        return false;
    }

    /** A sixth of the container's memory; beyond it, pixels lie in /tmp. */
    private static function limit(): void
    {
        $bytes = max(64, intdiv((int) getenv('PLATEN_MEMORY') ?: 384, 6)) * 1024 * 1024;
        \Imagick::setResourceLimit(\Imagick::RESOURCETYPE_MEMORY, $bytes);
        \Imagick::setResourceLimit(\Imagick::RESOURCETYPE_MAP, $bytes);
        \Imagick::setResourceLimit(\Imagick::RESOURCETYPE_THREAD, 1);
    }
}
