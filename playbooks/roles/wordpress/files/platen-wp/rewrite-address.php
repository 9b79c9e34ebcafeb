<?php
/**
 * platen-wp rewrite-address OLD NEW: puts one address of the site in the place of another, in all texts of its database but the
 * posts' guid, which WordPress never changes. It needs neither a replica nor a volume, and may be run again.
 */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/database.php';
require_once __DIR__ . '/lib/rewriting.php';
require_once __DIR__ . '/lib/usage.php';

/** @param array<string, string> $environment @return array<string, string|null> */
function database_settings(array $environment): array
{
    $table = array_filter(
        require __DIR__ . '/lib/settings-table.php',
        static fn (string $name): bool => str_starts_with($name, 'WORDPRESS_DB_'),
        ARRAY_FILTER_USE_KEY,
    );
    return read_table($table, $environment);
}

/** @return list<array<string, string|null>> @throws \RuntimeException */
function rows(\mysqli $database, string $query): array
{
    $result = $database->query($query);
    return $result instanceof \mysqli_result ? $result->fetch_all(MYSQLI_ASSOC) : throw new \RuntimeException($database->error);
}

/** Columns that hold texts. @return array<string, list<string>> names by table */
function text_columns(\mysqli $database): array
{
    $types = "'char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'";
    $found = rows($database, "SELECT c.table_name AS t, c.column_name AS n FROM information_schema.columns c
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE c.table_schema = DATABASE() AND table_type = 'BASE TABLE' AND c.data_type IN ($types)
            AND c.extra NOT LIKE '%GENERATED%' AND NOT (c.table_name LIKE '%posts' AND c.column_name = 'guid')");
    $columns = [];
    foreach ($found as ['t' => $table, 'n' => $name]) {
        $columns[$table][] = $name;
    }
    return $columns;
}

/** @return list<string> empty where the table has no primary key */
function key_columns(\mysqli $database, string $table): array
{
    $name = $database->real_escape_string($table);
    return array_column(rows($database, "SELECT column_name AS n FROM information_schema.key_column_usage
        WHERE table_schema = DATABASE() AND table_name = '$name' AND constraint_name = 'PRIMARY' ORDER BY ordinal_position"), 'n');
}

/** How many values were rewritten. One connection reads while the other writes: a table need not fit in memory. */
function rewrite_column(\mysqli $reader, \mysqli $writer, string $table, string $column, string $host, Rewriting $rewriting): int
{
    $quoted = static fn (string $name): string => '`' . str_replace('`', '``', $name) . '`';
    $keys = key_columns($writer, $table);
    // Without a key, rows are known by the value itself.
    $which = $keys === [] ? ["BINARY {$quoted($column)} = ?"] : array_map(static fn ($key) => "{$quoted($key)} = ?", $keys);
    $update = $writer->prepare("UPDATE {$quoted($table)} SET {$quoted($column)} = ? WHERE " . implode(' AND ', $which));
    $like = "'%" . addcslashes($reader->real_escape_string($host), '%_') . "%'";
    $names = implode(', ', array_map($quoted, [$column, ...$keys]));
    $result = $reader->query("SELECT DISTINCT $names FROM {$quoted($table)} WHERE {$quoted($column)} LIKE $like", MYSQLI_USE_RESULT);
    $count = 0;
    while (is_array($row = $result->fetch_row())) {
        $new = $rewriting->of($row[0]);
        if ($new === $row[0]) {
            continue;
        }
        if (!$update->execute([$new, ...($keys === [] ? [$row[0]] : array_slice($row, 1))])) {
            throw new \RuntimeException("$table.$column: $update->error");
        }
        $count += 1;
    }
    return $count;
}

try {
    [$old, $new] = array_map(static fn (string $text): string => rtrim($text, '/'), array_slice($argv, 1) + ['', '']);
    foreach ([$old, $new] as $address) {
        if (preg_match('~^https?://[^/?#\s]+$~D', $address) !== 1) {
            exit(usage("rewrite-address takes two addresses without a path, like https://localhost:8443; \"$address\" is none"));
        }
    }
    $settings = database_settings(getenv());
    $open = static function () use ($settings): \mysqli {
        $database = connect_by($settings);
        if ($database === null || !$database->select_db((string) $settings['DB_NAME']) || !$database->set_charset('utf8mb4')) {
            throw new \RuntimeException("the database at {$settings['DB_HOST']} can't be used: " . ($database->error ?? mysqli_connect_error()));
        }
        return $database;
    };
    [$reader, $writer] = [$open(), $open()];
    $rewriting = new Rewriting($old, $new);
    $total = 0;
    foreach (text_columns($writer) as $table => $columns) {
        foreach ($columns as $column) {
            $total += rewrite_column($reader, $writer, $table, $column, (string) parse_url($old, PHP_URL_HOST), $rewriting);
        }
    }
    echo "$old is $new now, in $total values.\n";
} catch (BadSettings $bad) {
    array_map(say(...), $bad->problems);
    exit(2);
} catch (\Throwable $error) {
    say($error->getMessage());
    exit(1);
}
