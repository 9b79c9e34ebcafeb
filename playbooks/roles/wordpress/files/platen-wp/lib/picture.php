<?php
/**
 * Makes the sizes of a picture by ImageMagick, within the memory that the container has: large pictures one at a time, a JPEG read
 * no larger than WordPress needs it, and what is more than its share of memory kept in a file.
 */

namespace Platen;

require_once __DIR__ . '/picture-size.php';

final class Picture extends \WP_Image_Editor_Imagick
{
    /** Pixels above which one picture at a time is worked on in a container. */
    private const LARGE = 4_000_000;
    /** Seconds to wait for others: nginx waits 120 for PHP. */
    private const PATIENCE = 100;
    private const LOCK = '/tmp/platen-picture';

    /** @var resource|null the lock that this request has, whatever number of pictures it works on (flock(2) would hold it up itself) */
    private static $lock = null;
    /** How many do. */
    private static int $large = 0;
    private bool $isLarge = false;

    /** @return true|\WP_Error */
    public function load()
    {
        if ($this->image instanceof \Imagick) {
            return true;
        }
        if (never_fits($this->file)) {
            return new \WP_Error('platen_size', picture_trouble());
        }
        [$width, $height] = (array) wp_getimagesize($this->file) + [0, 0];
        if ($width * $height > self::LARGE && !$this->isLarge && !$this->lock()) {
            return new \WP_Error('platen_busy', picture_trouble());
        }
        self::limit();
        return wp_get_image_mime($this->file) === 'image/jpeg' ? $this->loadJpeg((int) $width, (int) $height) : parent::load();
    }

    public function __destruct()
    {
        parent::__destruct();
        if ($this->isLarge && --self::$large === 0) {
            fclose(self::$lock);
            self::$lock = null;
        }
    }

    /** As WordPress's, but smaller where the picture is larger than it will ever be shown. @return true|\WP_Error */
    private function loadJpeg(int $width, int $height)
    {
        wp_raise_memory_limit('image');
        try {
            $image = new \Imagick();
            $largest = largest_side();
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

    private function lock(): bool
    {
        $file = self::$lock ?? @fopen(self::LOCK, 'c');
        for ($end = time() + self::PATIENCE; self::$lock === null && $file !== false && time() < $end; usleep(100_000)) {
            self::$lock = flock($file, LOCK_EX | LOCK_NB) ? $file : null;
        }
        if (self::$lock === null) {
            return false;
        }
        $this->isLarge = true;
        self::$large += 1;
        return true;
    }

    /** A sixth of the container's memory; beyond it, pixels lie in /tmp. */
    private static function limit(): void
    {
        $bytes = max(64, intdiv(picture_memory(), 6)) * 1024 * 1024;
        \Imagick::setResourceLimit(\Imagick::RESOURCETYPE_MEMORY, $bytes);
        \Imagick::setResourceLimit(\Imagick::RESOURCETYPE_MAP, $bytes);
        \Imagick::setResourceLimit(\Imagick::RESOURCETYPE_THREAD, 1);
    }
}
