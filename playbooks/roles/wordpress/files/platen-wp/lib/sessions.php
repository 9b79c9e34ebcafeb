<?php
/**
 * PHP's sessions in Valkey, where all replicas find them. One request at a time has a session, as with files. Where the server
 * does not answer, a request goes on with an empty session, and leaves the one in Valkey as it was.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/cache-server.php';

final class Sessions implements \SessionHandlerInterface, \SessionUpdateTimestampHandlerInterface
{
    /** Seconds to wait for another request of the same visitor. */
    private const PATIENCE = 30;
    /** Seconds after which the lock of a request that died is nobody's: longer than one may take. */
    private const LOCK = 130;

    private readonly string $token;
    private ?string $locked = null;

    public function __construct(private readonly CacheServer $server)
    {
        $this->token = bin2hex(random_bytes(16));
    }

    public static function use(): void
    {
        session_set_save_handler(new self(new CacheServer(settings())), false);
    }

    public function open(string $path, string $name): bool
    {
        // After all that WordPress does at the end of a request, which may still change it.
        register_shutdown_function(session_write_close(...));
        return true;
    }

    public function read(string $id): string|false
    {
        if ($this->locked !== $this->key($id) && !$this->lock($this->key($id))) {
            return $this->locked === null && $this->server->isAway() ? '' : false;
        }
        $text = $this->server->ask(fn (\Redis $redis) => $redis->get($this->key($id)));
        return is_string($text) ? $text : '';
    }

    public function write(string $id, string $data): bool
    {
        // Nobody read what is there: it is not to be lost.
        if ($this->locked === null) {
            return true;
        }
        return $this->locked === $this->key($id) || $this->lock($this->key($id))
            ? $this->server->ask(fn (\Redis $redis) => $redis->setex($this->key($id), $this->seconds(), $data)) !== null
            : false;
    }

    public function updateTimestamp(string $id, string $data): bool
    {
        $this->server->ask(fn (\Redis $redis) => $redis->expire($this->key($id), $this->seconds()));
        return true;
    }

    /** Strict mode: an identifier that the server did not give out is not taken. */
    public function validateId(string $id): bool
    {
        return $this->server->ask(fn (\Redis $redis) => $redis->exists($this->key($id))) !== 0;
    }

    public function destroy(string $id): bool
    {
        return $this->server->ask(fn (\Redis $redis) => $redis->del($this->key($id))) !== null;
    }

    public function close(): bool
    {
        if ($this->locked !== null) {
            $lock = "$this->locked:lock";
            // Only one's own: it may have run out, and be somebody else's.
            $this->server->ask(function (\Redis $redis) use ($lock) {
                $redis->watch($lock);
                return $redis->get($lock) === $this->token ? $redis->multi()->del($lock)->exec() : $redis->unwatch();
            });
            $this->locked = null;
        }
        $this->server->close();
        return true;
    }

    /** They end by themselves. */
    public function gc(int $seconds): int
    {
        return 0;
    }

    private function lock(string $key): bool
    {
        for ($end = hrtime(true) + self::PATIENCE * 1_000_000_000; ; usleep(20_000)) {
            $taken = $this->server->ask(fn (\Redis $redis) => $redis->set("$key:lock", $this->token, ['nx', 'ex' => self::LOCK]));
            if ($taken === true) {
                $this->locked = $key;
                return true;
            }
            if ($taken === null || hrtime(true) > $end) {
                return false;
            }
        }
    }

    private function key(string $id): string
    {
        return $this->server->lasting("session:$id");
    }

    private function seconds(): int
    {
        return max(60, (int) ini_get('session.gc_maxlifetime'));
    }
}
