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
    /**
     * What WordPress reads as a whole, changes in one place and writes as a whole: of two requests that do so at once, the later
     * one would take back what the other did, for all replicas and days (core.trac.wordpress.org/ticket/31245).
     */
    private const LISTS = '/^\d+:(options|site-options):(\d+:)?(alloptions|notoptions)$/D';
    /** What stands for such a list while it is in doubt: it counts as missing, and nobody adds what was read before. */
    private const DOUBT = '';
    /** Seconds, longer than a request has what it read of the database before it adds that. */
    private const DOUBT_SECONDS = 5;

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
    /** @var array<string, string|false> what the server had of whole lists when this request last looked; false is missing */
    private array $seen = [];
    private int $blog = 1;

    public function __construct(private readonly Platen\CacheServer $server, private readonly Platen\FetchAhead $ahead)
    {
        $this->texts = $ahead->texts();
    }

    public function add(mixed $key, mixed $data, string $group, int $expire): bool
    {
        if (wp_suspend_cache_addition() || !self::isKey($key)) {
            return false;
        }
        $id = $this->id($key, $group);
        if (array_key_exists($id, $this->values)) {
            return false;
        }
        $text = self::packed($data);
        if ($text !== null && $this->isShared($group)) {
            $set = ['nx', 'ex' => self::seconds($expire)];
            $added = $this->server->ask(fn (Redis $redis) => $redis->set($this->server->name($id), $text, $set));
            if ($added === false) {
                unset($this->missing[$id], $this->texts[$id]);
                return false;
            }
            if ($added === true && self::isList($id)) {
                $this->seen[$id] = $text;
            }
        }
        $this->keep($id, $data);
        return true;
    }

    public function replace(mixed $key, mixed $data, string $group, int $expire): bool
    {
        $this->get($key, $group, false, $found);
        return $found && $this->set($key, $data, $group, $expire);
    }

    /** True also where the server is away: then the request knows it, and nobody else is given what was before. */
    public function set(mixed $key, mixed $data, string $group, int $expire): bool
    {
        if (self::isKey($key) && $this->isShared($group) && self::isList($id = $this->id($key, $group))) {
            $this->keep($id, $data);
            $text = self::packed($data) ?? self::DOUBT;
            $this->server->change([$this->server->name($id)], fn (Redis $redis): bool => $this->setList($redis, $id, $text, $expire));
            return true;
        }
        return self::isKey($key) && $this->setMultiple([$key => $data], $group, $expire)[$key];
    }

    /** Only where the server still has what this request has read; else the next one asks the database. */
    private function setList(Redis $redis, string $id, string $text, int $expire): bool
    {
        $name = $this->server->name($id);
        $redis->watch($name);
        if ($redis->get($name) === ($this->seen[$id] ?? false)) {
            // Not done where somebody else changed it meanwhile.
            if (is_array($redis->multi()->setex($name, self::seconds($expire), $text)->exec())) {
                $this->seen[$id] = $text;
                return true;
            }
        } else {
            $redis->unwatch();
        }
        $this->seen[$id] = self::DOUBT;
        return $redis->setex($name, self::DOUBT_SECONDS, self::DOUBT);
    }

    /** @return array<int|string, bool> */
    public function setMultiple(array $items, string $group, int $expire): array
    {
        $texts = [];
        $valid = array_filter($items, self::isKey(...), ARRAY_FILTER_USE_KEY);
        foreach ($valid as $key => $data) {
            $id = $this->id($key, $group);
            $this->keep($id, $data);
            $texts[$this->server->name($id)] = $this->isShared($group) ? self::packed($data) : null;
        }
        if ($texts !== [] && $this->isShared($group)) {
            $this->server->change(array_keys($texts), static function (Redis $redis) use ($texts, $expire): bool {
                $pipe = $redis->pipeline();
                foreach ($texts as $name => $text) {
                    // What can't be told to others is not to be what it was before, either.
                    $text === null ? $pipe->del($name) : $pipe->setex($name, self::seconds($expire), $text);
                }
                return !in_array(false, (array) $pipe->exec(), true);
            });
        }
        return array_replace(array_map(static fn (): bool => false, $items), array_map(static fn (): bool => true, $valid));
    }

    public function get(mixed $key, string $group, bool $force = false, ?bool &$found = null): mixed
    {
        $found = false;
        if (!self::isKey($key)) {
            return false;
        }
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
        $this->load(array_map(fn ($key) => $this->id($key, $group), array_filter($keys, self::isKey(...))), $group, $force);
        $values = [];
        foreach ($keys as $key) {
            $values[$key] = $this->get($key, $group);
        }
        return $values;
    }

    public function delete(mixed $key, string $group): bool
    {
        return self::isKey($key) && $this->deleteMultiple([$key], $group)[$key];
    }

    /** @return array<int|string, bool> */
    public function deleteMultiple(array $keys, string $group): array
    {
        $names = $deleted = $lists = [];
        foreach ($keys as $key) {
            $deleted[$key] = false;
            if (!self::isKey($key)) {
                continue;
            }
            $id = $this->id($key, $group);
            $deleted[$key] = array_key_exists($id, $this->values);
            unset($this->values[$id]);
            $this->missing[$id] = true;
            $names[$key] = $this->server->name($id);
            if (self::isList($id)) {
                $lists[] = $names[$key];
                $this->seen[$id] = self::DOUBT;
            }
        }
        if ($names !== [] && $this->isShared($group)) {
            $this->server->change(array_values($names), static function (Redis $redis) use ($names, $lists, &$deleted): bool {
                $pipe = $redis->pipeline();
                array_map($pipe->del(...), $names);
                $counts = (array) $pipe->exec();
                foreach (array_keys($names) as $at => $key) {
                    $deleted[$key] = $deleted[$key] || $counts[$at] === 1;
                }
                foreach ($lists as $name) {
                    $redis->setex($name, self::DOUBT_SECONDS, self::DOUBT);
                }
                return !in_array(false, $counts, true);
            });
        }
        return $deleted;
    }

    /** Never below 0; false where there is nothing. Of those who do so at once, each counts. */
    public function increase(mixed $key, int $by, string $group): int|float|false
    {
        $value = $this->get($key, $group, true, $found);
        if (!$found) {
            return false;
        }
        $id = $this->id($key, $group);
        $this->keep($id, self::increased($value, $by));
        if ($this->isShared($group)) {
            $name = $this->server->name($id);
            $this->server->change([$name], fn (Redis $redis): bool => $this->increaseShared($redis, $id, $by));
        }
        return $this->values[$id];
    }

    private function increaseShared(Redis $redis, string $id, int $by): bool
    {
        $name = $this->server->name($id);
        for ($tries = 0; $tries < 100; $tries++) {
            $redis->watch($name);
            $text = $redis->get($name);
            if (is_string($text) && self::unpack($text, $value)) {
                $this->keep($id, self::increased($value, $by));
            }
            // Not done where somebody else changed it meanwhile.
            if (is_array($redis->multi()->set($name, self::packed($this->values[$id]), ['keepttl'])->exec())) {
                return true;
            }
        }
        return false;
    }

    public function flush(): bool
    {
        $this->server->flush();
        return $this->flushRuntime();
    }

    public function flushRuntime(): bool
    {
        $this->values = $this->missing = $this->texts = $this->seen = [];
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

    private static function isList(string $id): bool
    {
        return preg_match(self::LISTS, $id) === 1;
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
        if (self::isList($id)) {
            $this->seen[$id] = $text;
        }
        if ($text !== false && $text !== self::DOUBT && self::unpack($text, $value)) {
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

    private static function increased(mixed $value, int $by): int|float
    {
        return max((is_numeric($value) ? $value : 0) + $by, 0);
    }

    /** As WordPress's own: what is no key is found nowhere, and kept nowhere. */
    private static function isKey(mixed $key): bool
    {
        return is_int($key) || (is_string($key) && trim($key) !== '');
    }

    /** Null where it is only of use to the request that has it, as a function or a connection. */
    private static function packed(mixed $data): ?string
    {
        try {
            return igbinary_serialize($data);
        } catch (Throwable) {
            return null;
        }
    }

    private static function unpack(string $text, mixed &$value): bool
    {
        try {
            $value = @igbinary_unserialize($text);
        } catch (Throwable) {
            return false;
        }
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
