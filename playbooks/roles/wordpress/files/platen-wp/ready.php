<?php
/** What /readyz says: 200 or 503. The database counts only where the settings say so: its fail-over would end all replicas. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/database.php';

header('Content-Type: text/plain; charset=utf-8');
header('Cache-Control: no-store');
if (settings()['READY_DATABASE'] === 'true') {
    try {
        // Soon: who asks whether the container is alive waits for the same few workers.
        $database = connect(1, 1);
        $why = $database === null ? mysqli_connect_error() : ($database->query('SELECT 1') === false ? $database->error : null);
    } catch (\mysqli_sql_exception $error) {
        $why = $error->getMessage();
    }
    if ($why !== null) {
        error_log("platen: not ready: the database can't be reached: $why");
        http_response_code(503);
        exit("no database\n");
    }
}
echo "ready\n";
