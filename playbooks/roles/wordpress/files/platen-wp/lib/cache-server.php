<?php
/** The connection to Valkey (or Redis) behind the object cache: whatever becomes of it, no page fails. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/generation.php';

final class CacheServer
{
    /** Seconds for the connection, and for an answer. */
    private const CONNECT = 0.3;
    private const ANSWER = 0.5;
    /** Seconds in which nobody of this container asks a server that did not answer. */
    private const PAUSE = 2;
    /** The node of a cluster that has our keys, where it is another than that of the settings. */
    private const NODE = '/tmp/platen-object-cache-node';
    /** Its time is that of the last attempt that failed. */
    private const DOWN = '/tmp/platen-object-cache-down';
    /** There while the log has told of an outage and not of its end; its time is when it told. Then it becomes the other. */
    private const TOLD = '/tmp/platen-object-cache-told';
    private const TOLD_BEFORE = '/tmp/platen-object-cache-told-before';
    /** Seconds in which the log tells of one outage at most. */
    private const SILENCE = 60;
    /** What a server answers that will be ready soon: a cluster that is just made, or whose data are read. */
    private const BEGINS = '/^(CLUSTERDOWN|LOADING|MASTERDOWN|TRYAGAIN)/';
    /** Its time is when the server first answered so, and the seconds in which the log does not tell of it. */
    private const BEGUN = '/tmp/platen-object-cache-begun';
    private const BEGINNING = 15;

    private ?\Redis $redis = null;
    private bool $failed = false;
    private bool $wasDown = false;
    /** @var array<string, true> keys that could not be changed: what the server has of them is out of date */
    private array $owed = [];
    private string $generation;
    private readonly string $prefix;

    /** @param array<string, string|null> $settings */
    public function __construct(private readonly array $settings)
    {
        // In braces: in a cluster, all keys are of one slot, so that one command may have several (cluster specification, hash tags).
        $this->prefix = '{' . strtr($settings['CACHE_PREFIX'] ?? "{$settings['DB_NAME']}.{$settings['TABLE_PREFIX']}", '{}', '--') . '}';
        $this->generation = generation('object-cache');
    }

    /** What the server calls a key. */
    public function name(string $key): string
    {
        return "$this->prefix:$this->generation:$key";
    }

    /** What the server calls a key that outlives a flush. */
    public function lasting(string $key): string
    {
        return "$this->prefix:$key";
    }

    /** Whether it did not answer in this request. */
    public function isAway(): bool
    {
        return $this->failed;
    }

    /**
     * What `$use` makes of the connection; null where the server does not answer, or says no.
     *
     * @param callable(\Redis): mixed $use
     */
    public function ask(callable $use): mixed
    {
        if ($this->failed) {
            return null;
        }
        try {
            try {
                $answer = $use($this->redis ??= $this->connect());
            } catch (\RedisException $error) {
                $answer = $use($this->follow($error));
            }
        } catch (\Throwable $error) {
            $this->fail($error);
            return null;
        }
        if ($this->wasDown) {
            $this->recover();
        }
        return $answer;
    }

    /**
     * As `ask`, for what others must learn of: keys that the server could not change are made good in `close`.
     *
     * @param list<string> $keys
     * @param callable(\Redis): mixed $use gives false where it was refused
     */
    public function change(array $keys, callable $use): bool
    {
        $done = $this->ask($use);
        if ($done === null || $done === false) {
            $this->owed += array_fill_keys($keys, true);
        }
        return $done !== null && $done !== false;
    }

    /** Nothing of before is in force any more, in any replica. What lies in the server under old names expires. */
    public function flush(): void
    {
        $this->generation = renew_generation('object-cache');
        $this->owed = [];
    }

    /** At the end of a request. */
    public function close(): void
    {
        if ($this->owed !== [] && !$this->repay()) {
            // The server may come back with what it had.
            $this->flush();
        }
        $this->owed = [];
        try {
            $this->redis?->close();
        } catch (\RedisException) {
        }
        $this->redis = null;
    }

    /** Takes away what is out of date; worth a try where the server answered before in this request. */
    private function repay(): bool
    {
        if ($this->redis === null) {
            return false;
        }
        try {
            return is_int($this->connect()->del(array_keys($this->owed)));
        } catch (\Throwable) {
            return false;
        }
    }

    /** In a cluster: the node that has the slot of all our keys. @throws \RedisException what it was, where it is no such answer */
    private function follow(\RedisException $error): \Redis
    {
        if (preg_match('/^MOVED \d+ (\S+):(\d+)$/', $error->getMessage(), $node) !== 1) {
            throw $error;
        }
        @file_put_contents(self::NODE, "$node[1]:$node[2]");
        return $this->redis = $this->connect();
    }

    private function connect(): \Redis
    {
        clearstatcache(true, self::DOWN);
        $down = @filemtime(self::DOWN);
        if ($down !== false && time() - $down < self::PAUSE) {
            throw new \RedisException('');
        }
        $this->wasDown = $down !== false;
        ['CACHE_HOST' => $host, 'CACHE_PORT' => $port, 'CACHE_USER' => $user, 'CACHE_PASSWORD' => $password] = $this->settings;
        if (preg_match('/^(.+):(\d+)$/', (string) @file_get_contents(self::NODE), $node) === 1) {
            [, $host, $port] = $node;
        }
        $redis = new \Redis();
        $byTls = $this->settings['CACHE_TLS'] === 'true';
        $scheme = $byTls ? 'tls://' : '';
        $context = $byTls ? ['stream' => ['cafile' => $this->settings['CACHE_TLS_CA']]] : [];
        $redis->setOption(\Redis::OPT_MAX_RETRIES, 0);
        if (!@$redis->connect("$scheme$host", (int) $port, self::CONNECT, null, 0, self::ANSWER, $context)) {
            // Another one may have its slots by now.
            @unlink(self::NODE);
            throw new \RedisException('no connection');
        }
        if ($password !== null && !$redis->auth($user === null ? $password : [$user, $password])) {
            throw new \RedisException('the password is wrong');
        }
        return $redis;
    }

    /** Once a request; in the log once for an outage of all of the container's processes, and at most once a minute. */
    private function fail(\Throwable $error): void
    {
        $this->failed = true;
        if ($error->getMessage() === '') {
            return;
        }
        @touch(self::DOWN);
        if (preg_match(self::BEGINS, $error->getMessage()) === 1 && $this->begins()) {
            return;
        }
        clearstatcache(true, self::TOLD_BEFORE);
        if (time() - (int) @filemtime(self::TOLD_BEFORE) >= self::SILENCE && @fopen(self::TOLD, 'x') !== false) {
            error_log("platen: the object cache at {$this->settings['CACHE_HOST']} does not answer, and is left out: {$error->getMessage()}");
        }
    }

    private function begins(): bool
    {
        clearstatcache(true, self::BEGUN);
        is_file(self::BEGUN) || @touch(self::BEGUN);
        return time() - (int) @filemtime(self::BEGUN) < self::BEGINNING;
    }

    /** The first answer after an outage. */
    private function recover(): void
    {
        $this->wasDown = false;
        @unlink(self::DOWN);
        @unlink(self::BEGUN);
        // One process succeeds.
        if (@rename(self::TOLD, self::TOLD_BEFORE)) {
            error_log("platen: the object cache at {$this->settings['CACHE_HOST']} answers again");
        }
    }
}
