<?php
/**
 * A lock on a file system that several machines share (NFS, EFS): only mkdir and the file server's own clock are trusted.
 *
 * Locks are folders lock.1, lock.2, …; the highest is in force. Who finds it released or expired makes the next; one mkdir
 * succeeds. The highest is never removed, so a number is made twice only by somebody who comes so late that a higher one is
 * there already, and who sees that. A lock that somebody else took over is noticed at the next `renew`.
 */

declare(strict_types=1);

namespace Platen;

final class LockLost extends \RuntimeException
{
}

final class VolumeLock
{
    private float $beaten = 0.0;

    private function __construct(private readonly string $folder, private readonly int $number)
    {
    }

    /**
     * Tries once.
     *
     * @param int $expiry seconds without a sign of life until the lock is anybody's
     */
    public static function try(string $folder, int $expiry): ?self
    {
        $last = self::last($folder);
        if ($last > 0 && !is_file("$folder/lock.$last/released") && !self::expired($folder, $last, $expiry)) {
            return null;
        }
        $lock = new self($folder, $last + 1);
        if (!@mkdir($lock->path())) {
            return null;
        }
        if (self::last($folder) !== $lock->number) {
            @rmdir($lock->path());
            return null;
        }
        @file_put_contents($lock->path() . '/owner', gethostname() . ' ' . getmypid() . ' ' . gmdate('c') . "\n");
        $lock->renew();
        for ($old = $last; $old > 0 && is_dir("$folder/lock.$old"); $old -= 1) {
            remove_tree("$folder/lock.$old");
        }
        return $lock;
    }

    /** A sign of life, at most one a second. @throws LockLost */
    public function renew(bool $now = true): void
    {
        $time = hrtime(true) / 1e9;
        if (!$now && $time - $this->beaten < 1) {
            return;
        }
        if ($this->isLost()) {
            throw new LockLost('another replica took over');
        }
        @file_put_contents($this->path() . '/beat', gmdate('c') . "\n");
        $this->beaten = $time;
    }

    public function isLost(): bool
    {
        return self::last($this->folder) !== $this->number;
    }

    public function release(): void
    {
        if (!$this->isLost()) {
            // Whoever waited may have removed it before this returns; touch() would complain that it has no time to set.
            @file_put_contents($this->path() . '/released', '');
        }
    }

    private function path(): string
    {
        return "$this->folder/lock.$this->number";
    }

    private static function last(string $folder): int
    {
        $numbers = [0];
        foreach (scandir($folder) as $name) {
            $numbers[] = preg_match('/^lock\.([0-9]+)$/D', $name, $match) === 1 ? (int) $match[1] : 0;
        }
        return max($numbers);
    }

    private static function expired(string $folder, int $number, int $expiry): bool
    {
        $probe = "$folder/clock." . bin2hex(random_bytes(8));
        file_put_contents($probe, '.');
        clearstatcache();
        $now = filemtime($probe);
        unlink($probe);
        $life = max((int) @filemtime("$folder/lock.$number"), (int) @filemtime("$folder/lock.$number/beat"));
        // A lock without a time has just been removed: somebody is at it.
        return $life > 0 && $now - $life > $expiry;
    }
}
