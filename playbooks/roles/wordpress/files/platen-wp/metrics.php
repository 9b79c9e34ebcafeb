<?php
/** Figures of the object cache for Prometheus: read by the metrics of nginx. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/settings.php';
require_once __DIR__ . '/lib/cache-server.php';

if (settings()['CACHE_HOST'] !== null) {
    $info = (new CacheServer(settings()))->ask(static fn (\Redis $redis) => $redis->info('everything'));
    Metrics\show('object_cache_up', 'gauge', 'Whether the server of the object cache answers.', ['' => (int) is_array($info)]);
    $figures = [
        'keyspace_hits' => ['hits_total', 'counter', 'Objects that were there.'],
        'keyspace_misses' => ['misses_total', 'counter', 'Objects that were not.'],
        'evicted_keys' => ['evicted_total', 'counter', 'Objects that made room for others.'],
        'used_memory' => ['memory_bytes', 'gauge', 'Memory that the server uses.'],
        'maxmemory' => ['memory_limit_bytes', 'gauge', 'And the most that it may use for data.'],
    ];
    foreach (is_array($info) ? $figures : [] as $key => [$name, $type, $help]) {
        Metrics\show("object_cache_$name", $type, $help, ['' => (int) ($info[$key] ?? 0)]);
    }
}
