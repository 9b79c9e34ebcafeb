<?php
/**
 * What a page needs of the object cache, fetched at once: the keys that the last request of its kind asked for. One by one, each
 * of some two hundred keys is a journey to the server and back, together longer than what the cache saves.
 */

declare(strict_types=1);

namespace Platen;

final class FetchAhead
{
    /** So many lists at most, whatever addresses visitors think of: those that share one rewrite it in turn. */
    private const LISTS = 1024;
    private const LONGEST = 1000;
    private const SECONDS = 86400;

    /** @var array<string, int> */
    private array $expected = [];

    /** @param ?string $kind of request, as kind_of_request() tells; null fetches nothing */
    public function __construct(private readonly CacheServer $server, private readonly ?string $kind)
    {
    }

    /** @return array<string, string|false> texts by key, false where the server has none */
    public function texts(): array
    {
        if ($this->kind === null) {
            return [];
        }
        $texts = $this->server->ask(function (\Redis $redis): array {
            $list = $redis->get($this->name());
            $keys = is_string($list) ? @igbinary_unserialize($list) : null;
            if (!is_array($keys) || $keys === []) {
                return [];
            }
            $this->expected = array_flip($keys);
            return array_combine($keys, $redis->mGet(array_map($this->server->name(...), $keys)));
        });
        return $texts ?? [];
    }

    /** For the next request of this kind, where it differs by much. @param array<string, true> $asked keys */
    public function learn(array $asked): void
    {
        $new = count(array_diff_key($asked, $this->expected));
        $gone = count(array_diff_key($this->expected, $asked));
        if ($this->kind === null || $new + $gone <= count($asked) / 10) {
            return;
        }
        $list = igbinary_serialize(array_slice(array_keys($asked), 0, self::LONGEST));
        $this->server->ask(fn (\Redis $redis) => $redis->setex($this->name(), self::SECONDS, $list));
    }

    private function name(): string
    {
        return $this->server->name('platen:ahead:' . crc32($this->kind) % self::LISTS);
    }
}

/** Pages of one address look alike, to strangers and to those who are logged in. Null where nobody looks at a page. */
function kind_of_request(): ?string
{
    if (!in_array($_SERVER['REQUEST_METHOD'] ?? '', ['GET', 'HEAD'], true) || PHP_SAPI === 'cli') {
        return null;
    }
    $known = preg_grep('/^wordpress_logged_in_/', array_keys($_COOKIE)) !== [];
    return ($known ? 'known ' : 'stranger ') . strtok($_SERVER['REQUEST_URI'] ?? '/', '?');
}
