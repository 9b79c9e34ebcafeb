<?php
/**
 * Makes the volume ready for this image: any number of replicas may come at once, to a volume that is empty, half ready, or
 * made by another release; nothing that is there already is overwritten.
 *
 *   .platen/               locks and marks
 *   wp-content/            what users upload and install, and links to what the image brings
 *   releases/<release>/    in mode "full": the core, with the image's themes and plugins
 *   current                in mode "full": a link to the release that was started last
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/files.php';
require_once __DIR__ . '/volume-lock.php';

final class Webroot
{
    private const FOLDERS = ['languages', 'mu-plugins', 'plugins', 'themes', 'upgrade', 'uploads'];
    /** Names the core's own files of a release. */
    private const NAMES = '.platen-names';
    /** Its time says when a replica last ran the release. */
    private const USED = '.platen-used';

    private readonly string $volume;
    private readonly string $release;
    private readonly string $mode;

    /** @param array<string, string|null> $settings */
    public function __construct(private readonly array $settings)
    {
        $this->volume = image()['volume'];
        $this->release = image()['release'];
        $this->mode = (string) $settings['WEBROOT'];
    }

    /** The folder that holds the core: WordPress's ABSPATH. */
    public function root(): string
    {
        return $this->mode === 'full' ? $this->folder($this->release) : image()['core'];
    }

    /** WordPress's WP_CONTENT_DIR. */
    public function content(): string
    {
        return $this->mode === 'uploads' ? image()['core'] . '/wp-content' : image()['content'];
    }

    /** Returns when the volume is ready. @throws \RuntimeException */
    public function prepare(): void
    {
        make_folder(image()['content'] . '/uploads');
        make_folder("$this->volume/.platen/sessions");
        @chmod("$this->volume/.platen/sessions", 0700);
        if ($this->mode === 'uploads') {
            return;
        }
        while (!$this->isReady()) {
            $lock = $this->lock();
            try {
                if (!$this->isReady()) {
                    $this->seed($lock);
                }
                $lock->release();
            } catch (\Throwable $error) {
                // Who was held up for long finds its files taken away by whoever took over.
                $lock->isLost() ? say('another replica took over') : throw $error;
            }
        }
        $this->use();
    }

    /** Says that the release is in use: it is not pruned. */
    public function use(): void
    {
        if ($this->mode === 'full') {
            @touch($this->root() . '/' . self::USED);
        }
    }

    private function isReady(): bool
    {
        clearstatcache();
        // The mark says that this release was here; whether all of it still is, only a look does.
        if (!is_file($this->mark()) || $this->missing() !== []) {
            return false;
        }
        return $this->mode !== 'full' || (is_dir($this->root()) && @readlink("$this->volume/current") === "releases/$this->release");
    }

    private function mark(): string
    {
        return "$this->volume/.platen/content-$this->release";
    }

    private function folder(string $release): string
    {
        return "$this->volume/releases/$release";
    }

    /** A name for what is in the making; what a crash leaves of it, the next one removes. */
    private function newFolder(): string
    {
        return "$this->volume/releases/.new-" . bin2hex(random_bytes(8));
    }

    private function lock(): VolumeLock
    {
        $begin = time();
        $said = false;
        while (($lock = VolumeLock::try("$this->volume/.platen", (int) $this->settings['LOCK_SECONDS'])) === null) {
            if (!$said && time() - $begin >= 2) {
                say('another replica makes the volume ready; waiting');
                $said = true;
            }
            if (time() - $begin > 1800) {
                throw new \RuntimeException('the volume is not ready after 30 minutes: look at the log of the other replicas');
            }
            usleep(100_000);
        }
        return $lock;
    }

    private function seed(VolumeLock $lock): void
    {
        $begin = hrtime(true);
        if ($this->mode === 'full') {
            $this->copyRelease($lock);
        }
        $this->linkContent();
        if ($this->mode === 'full') {
            $this->switchRelease($lock);
            $this->prune($lock);
        }
        $lock->renew();
        touch($this->mark());
        say(sprintf('the volume is ready for %s after %.1f s (%s)', $this->release, (hrtime(true) - $begin) / 1e9, $this->mode));
    }

    private function linkContent(): void
    {
        foreach (self::FOLDERS as $folder) {
            make_folder(image()['content'] . "/$folder");
        }
        foreach ($this->links() as $link => $target) {
            $this->linkOne($link, $target);
        }
    }

    /**
     * Links to all that the image brings; they lead to the replica's own release, whichever that is.
     *
     * @return array<string, string> where each leads, by the path of the link
     */
    private function links(): array
    {
        $baked = image()['core'] . '/wp-content';
        $names = array_map('basename', glob("$baked/*.php"));
        foreach (['mu-plugins', 'plugins', 'themes'] as $folder) {
            foreach (array_diff((array) @scandir("$baked/$folder"), ['.', '..', false]) as $name) {
                $names[] = "$folder/$name";
            }
        }
        $links = [];
        foreach ($names as $name) {
            $links[image()['content'] . "/$name"] = image()['run'] . "/root/wp-content/$name";
        }
        return $links;
    }

    /** What is not there of it, as on a volume that was restored without links. @return list<string> paths */
    public function missing(): array
    {
        clearstatcache();
        $folders = array_map(static fn (string $folder): string => image()['content'] . "/$folder", self::FOLDERS);
        return $this->mode === 'uploads' ? [] : [
            ...array_values(array_filter($folders, static fn (string $folder): bool => !is_dir($folder))),
            ...array_values(array_filter(array_keys($this->links()), static fn (string $link): bool => !is_link($link) && !file_exists($link))),
        ];
    }

    private function linkOne(string $link, string $target): void
    {
        if (is_link($link) && str_starts_with((string) readlink($link), image()['core'] . '/')) {
            // From an image of before, which linked to its own core.
            point_link($link, $target);
        } elseif (!is_link($link) && file_exists($link)) {
            say("$link is the site's own: what the image brings under this name is not used");
        } elseif (!is_link($link) && !make_link($link, $target) && !is_link($link)) {
            throw new \RuntimeException("the link $link can't be made");
        }
    }

    /** Copies the core beside its place, which a rename gives it only when it is whole. */
    private function copyRelease(VolumeLock $lock): void
    {
        make_folder("$this->volume/releases");
        foreach (glob("$this->volume/releases/.{new,old}-*", GLOB_BRACE) as $leftover) {
            remove_tree($leftover);
        }
        if (is_dir($this->root())) {
            return;
        }
        $core = image()['core'];
        $new = $this->newFolder();
        copy_tree($core, $new, static fn () => $lock->renew(false), ["$core/wp-content/uploads", "$core/.htaccess"]);
        $lock->renew();
        file_put_contents("$new/" . self::NAMES, implode("\n", scandir($new)) . "\n");
        touch("$new/" . self::USED);
        if (!@rename($new, $this->root()) && !is_dir($this->root())) {
            throw new \RuntimeException("$new can't be renamed to " . $this->root());
        }
    }

    /** Takes along what somebody put beside the core, such as robots.txt, and makes the release the current one. */
    private function switchRelease(VolumeLock $lock): void
    {
        $link = "$this->volume/current";
        $before = is_link($link) ? "$this->volume/" . readlink($link) : $this->root();
        $names = @file($before . '/' . self::NAMES, FILE_IGNORE_NEW_LINES);
        if ($before !== $this->root() && $names !== false) {
            make_folder($new = $this->newFolder());
            foreach (array_diff(scandir($before), $names, ['.', '..', self::NAMES, self::USED]) as $own) {
                copy_tree("$before/$own", $this->root() . "/$own", static fn () => $lock->renew(false), [], $new);
            }
            remove_tree($new);
        }
        $lock->renew();
        point_link($link, "releases/$this->release");
    }

    /** Removes the oldest releases but those to keep, this one, and those that a replica ran within the hour. */
    private function prune(VolumeLock $lock): void
    {
        $used = [];
        foreach (glob("$this->volume/releases/*", GLOB_ONLYDIR) as $folder) {
            $used[$folder] = (int) @filemtime("$folder/" . self::USED);
        }
        arsort($used);
        unset($used[$this->root()]);
        foreach (array_slice($used, (int) $this->settings['KEEP_RELEASES'] - 1) as $folder => $time) {
            if (time() - $time < 3600) {
                continue;
            }
            $lock->renew();
            $old = "$this->volume/releases/.old-" . basename($folder);
            if (@rename($folder, $old)) {
                remove_tree($old);
                say('the release ' . basename($folder) . ' is removed');
            }
        }
    }
}
