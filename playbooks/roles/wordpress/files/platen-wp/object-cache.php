<?php
/**
 * WordPress's object cache in Valkey (or Redis): what the drop-in object-cache.php is elsewhere, read by config.php where
 * WORDPRESS_CACHE_HOST is set. It is part of the image, and so of no volume.
 */

declare(strict_types=1);

require_once __DIR__ . '/cache-server.php';
require_once __DIR__ . '/fetch-ahead.php';

final class WP_Object_Cache
{
    public int $cache_hits = 0;
    public int $cache_misses = 0;
    /** Seconds after which what nobody asks for is gone, also under names of before. */
    private const LONGEST = 604800;

    /** @var array<string, mixed> what this request knows, by key */
    private array $values = [];
    /** @var array<string, string|false> what was fetched ahead and is not looked at yet; false is missing */
    private array $texts;
    /** @var array<string, true> what this request wanted of the server */
    private array $asked = [];
    /** @var array<string, true> what the server does not have */
    private array $missing = [];
    /** @var array<string, true> */
    private array $globalGroups = [];
    /** @var array<string, true> groups that stay in this request */
    private array $ownGroups = [];
    private int $blog = 1;

    public function __construct(private readonly Platen\CacheServer $server, private readonly Platen\FetchAhead $ahead)
    {
        $this->texts = $ahead->texts();
    }

    public function add(int|string $key, mixed $data, string $group, int $expire): bool
    {
        if (wp_suspend_cache_addition()) {
            return false;
        }
        $id = $this->id($key, $group);
        if (array_key_exists($id, $this->values)) {
            return false;
        }
        if ($this->isShared($group)) {
            $set = ['nx', 'ex' => self::seconds($expire)];
            $added = $this->server->ask(fn (Redis $redis) => $redis->set($this->server->name($id), self::packed($data), $set));
            if ($added === false) {
                unset($this->missing[$id], $this->texts[$id]);
                return false;
            }
        }
        $this->keep($id, $data);
        return true;
    }

    public function replace(int|string $key, mixed $data, string $group, int $expire): bool
    {
        $this->get($key, $group, false, $found);
        return $found && $this->set($key, $data, $group, $expire);
    }

    /** True also where the server is away: then the request knows it, and nobody else is given what was before. */
    public function set(int|string $key, mixed $data, string $group, int $expire): bool
    {
        return $this->setMultiple([$key => $data], $group, $expire)[$key];
    }

    /** @return array<int|string, bool> */
    public function setMultiple(array $items, string $group, int $expire): array
    {
        $pairs = [];
        foreach ($items as $key => $data) {
            $id = $this->id($key, $group);
            $this->keep($id, $data);
            $pairs[$this->server->name($id)] = $data;
        }
        if ($pairs !== [] && $this->isShared($group)) {
            $this->server->change(array_keys($pairs), static function (Redis $redis) use ($pairs, $expire): bool {
                $pipe = $redis->pipeline();
                foreach ($pairs as $name => $data) {
                    $pipe->setex((string) $name, self::seconds($expire), self::packed($data));
                }
                return !in_array(false, (array) $pipe->exec(), true);
            });
        }
        return array_map(static fn (): bool => true, $items);
    }

    public function get(int|string $key, string $group, bool $force = false, ?bool &$found = null): mixed
    {
        $id = $this->id($key, $group);
        if ($force || !isset($this->values[$id])) {
            $this->load([$id], $group, $force);
        }
        $found = array_key_exists($id, $this->values);
        $found ? $this->cache_hits++ : $this->cache_misses++;
        return $found ? self::copied($this->values[$id]) : false;
    }

    /** @return array<int|string, mixed> false for what is not there */
    public function getMultiple(array $keys, string $group, bool $force): array
    {
        $this->load(array_map(fn ($key) => $this->id($key, $group), $keys), $group, $force);
        $values = [];
        foreach ($keys as $key) {
            $values[$key] = $this->get($key, $group);
        }
        return $values;
    }

    public function delete(int|string $key, string $group): bool
    {
        return $this->deleteMultiple([$key], $group)[$key];
    }

    /** @return array<int|string, bool> */
    public function deleteMultiple(array $keys, string $group): array
    {
        $names = $had = [];
        foreach ($keys as $key) {
            $id = $this->id($key, $group);
            $had[$key] = array_key_exists($id, $this->values);
            unset($this->values[$id]);
            $this->missing[$id] = true;
            $names[] = $this->server->name($id);
        }
        $count = 0;
        if ($names !== [] && $this->isShared($group)) {
            $this->server->change($names, static function (Redis $redis) use ($names, &$count): bool {
                $count = $redis->del($names);
                return $count !== false;
            });
        }
        return array_map(static fn (bool $was): bool => $was || $count > 0, $had);
    }

    /** Never below 0; false where there is nothing. */
    public function increase(int|string $key, int $by, string $group): int|false
    {
        $value = $this->get($key, $group, true, $found);
        if (!$found) {
            return false;
        }
        $new = max(0, (is_numeric($value) ? (int) $value : 0) + $by);
        $id = $this->id($key, $group);
        $this->keep($id, $new);
        if ($this->isShared($group)) {
            $name = $this->server->name($id);
            $this->server->change([$name], static fn (Redis $redis) => $redis->set($name, self::packed($new), ['keepttl']));
        }
        return $new;
    }

    public function flush(): bool
    {
        $this->server->flush();
        return $this->flushRuntime();
    }

    public function flushRuntime(): bool
    {
        $this->values = $this->missing = $this->texts = [];
        return true;
    }

    public function close(): bool
    {
        $this->ahead->learn($this->asked);
        $this->server->close();
        return true;
    }

    /** @param list<string> $groups */
    public function addGlobalGroups(array $groups): void
    {
        $this->globalGroups += array_fill_keys($groups, true);
    }

    /** @param list<string> $groups */
    public function addOwnGroups(array $groups): void
    {
        $this->ownGroups += array_fill_keys($groups, true);
    }

    public function switchToBlog(int $blog): void
    {
        $this->blog = $blog;
    }

    /** For those who look into it, as into WordPress's own. */
    public function stats(): void
    {
        echo "<p>Cache hits: $this->cache_hits, misses: $this->cache_misses</p>";
    }

    private function id(int|string $key, string $group): string
    {
        $group = $group === '' ? 'default' : $group;
        $blog = isset($this->globalGroups[$group]) ? 0 : $this->blog;
        return "$blog:$group:$key";
    }

    private function isShared(string $group): bool
    {
        return !isset($this->ownGroups[$group]);
    }

    /** Asks the server for what the request does not know yet. @param list<string> $ids */
    private function load(array $ids, string $group, bool $force): void
    {
        if (!$this->isShared($group)) {
            return;
        }
        $wanted = [];
        foreach ($ids as $id) {
            if (!$force && (isset($this->missing[$id]) || array_key_exists($id, $this->values))) {
                continue;
            }
            $this->asked[$id] = true;
            if (!$force && isset($this->texts[$id])) {
                $this->take($id, $this->texts[$id]);
            } else {
                $wanted[] = $id;
            }
        }
        if ($wanted === []) {
            return;
        }
        $names = array_map($this->server->name(...), $wanted);
        $texts = $this->server->ask(static fn (Redis $redis) => $redis->mGet($names));
        foreach (is_array($texts) ? $texts : [] as $at => $text) {
            $this->take($wanted[$at], $text);
        }
    }

    private function take(string $id, string|false $text): void
    {
        unset($this->texts[$id]);
        if ($text !== false && self::unpack($text, $value)) {
            $this->keep($id, $value);
        } else {
            unset($this->values[$id]);
            $this->missing[$id] = true;
        }
    }

    private function keep(string $id, mixed $data): void
    {
        $this->values[$id] = self::copied($data);
        unset($this->missing[$id]);
    }

    /** Who gets an object may change it. */
    private static function copied(mixed $data): mixed
    {
        return is_object($data) ? clone $data : $data;
    }

    private static function seconds(int $expire): int
    {
        return $expire > 0 ? min($expire, self::LONGEST) : self::LONGEST;
    }

    private static function packed(mixed $data): string
    {
        return igbinary_serialize($data);
    }

    private static function unpack(string $text, mixed &$value): bool
    {
        $value = @igbinary_unserialize($text);
        // Of what can't be read, null is left.
        return $value !== null || $text === igbinary_serialize(null);
    }
}

function wp_cache_init(): void
{
    $server = new Platen\CacheServer(Platen\settings());
    $GLOBALS['wp_object_cache'] = new WP_Object_Cache($server, new Platen\FetchAhead($server, Platen\kind_of_request()));
}

function wp_cache_add($key, $data, $group = '', $expire = 0)
{
    global $wp_object_cache;
    return $wp_object_cache->add($key, $data, (string) $group, (int) $expire);
}

function wp_cache_add_multiple(array $data, $group = '', $expire = 0)
{
    $added = [];
    foreach ($data as $key => $value) {
        $added[$key] = wp_cache_add($key, $value, $group, $expire);
    }
    return $added;
}

function wp_cache_replace($key, $data, $group = '', $expire = 0)
{
    global $wp_object_cache;
    return $wp_object_cache->replace($key, $data, (string) $group, (int) $expire);
}

function wp_cache_set($key, $data, $group = '', $expire = 0)
{
    global $wp_object_cache;
    return $wp_object_cache->set($key, $data, (string) $group, (int) $expire);
}

function wp_cache_set_multiple(array $data, $group = '', $expire = 0)
{
    global $wp_object_cache;
    return $wp_object_cache->setMultiple($data, (string) $group, (int) $expire);
}

function wp_cache_get($key, $group = '', $force = false, &$found = null)
{
    global $wp_object_cache;
    return $wp_object_cache->get($key, (string) $group, (bool) $force, $found);
}

function wp_cache_get_multiple($keys, $group = '', $force = false)
{
    global $wp_object_cache;
    return $wp_object_cache->getMultiple((array) $keys, (string) $group, (bool) $force);
}

function wp_cache_delete($key, $group = '')
{
    global $wp_object_cache;
    return $wp_object_cache->delete($key, (string) $group);
}

function wp_cache_delete_multiple(array $keys, $group = '')
{
    global $wp_object_cache;
    return $wp_object_cache->deleteMultiple($keys, (string) $group);
}

function wp_cache_incr($key, $offset = 1, $group = '')
{
    global $wp_object_cache;
    return $wp_object_cache->increase($key, (int) $offset, (string) $group);
}

function wp_cache_decr($key, $offset = 1, $group = '')
{
    global $wp_object_cache;
    return $wp_object_cache->increase($key, -(int) $offset, (string) $group);
}

function wp_cache_flush()
{
    global $wp_object_cache;
    return $wp_object_cache->flush();
}

function wp_cache_flush_runtime()
{
    global $wp_object_cache;
    return $wp_object_cache->flushRuntime();
}

function wp_cache_flush_group($group)
{
    return false;
}

function wp_cache_supports($feature)
{
    return in_array($feature, ['add_multiple', 'set_multiple', 'get_multiple', 'delete_multiple', 'flush_runtime'], true);
}

function wp_cache_close()
{
    global $wp_object_cache;
    return $wp_object_cache->close();
}

function wp_cache_add_global_groups($groups): void
{
    global $wp_object_cache;
    $wp_object_cache->addGlobalGroups((array) $groups);
}

function wp_cache_add_non_persistent_groups($groups): void
{
    global $wp_object_cache;
    $wp_object_cache->addOwnGroups((array) $groups);
}

function wp_cache_switch_to_blog($blog_id): void
{
    global $wp_object_cache;
    $wp_object_cache->switchToBlog((int) $blog_id);
}
