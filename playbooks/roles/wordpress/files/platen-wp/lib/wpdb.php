<?php
/**
 * WordPress's database, made by config.php, so that nothing on the volume comes before it. Connects with a timeout and, where the
 * settings say so, by TLS; leaves a server that became a read-only replica. It connects when it is first asked: a page whose parts
 * all lie in the object cache needs no connection.
 */

namespace Platen;

require_once __DIR__ . '/database.php';
require_once ABSPATH . 'wp-includes/class-wpdb.php';

final class Database extends \wpdb
{
    /** That the server is read-only: ER_OPTION_PREVENTS_STATEMENT, ER_READ_ONLY_MODE. */
    private const READ_ONLY = [1290, 1836];

    /** As mysqli_real_escape_string in utf8mb4, in which none of these bytes is part of another character. */
    private const ESCAPED = [
        "\0" => '\0', "\n" => '\n', "\r" => '\r', '\\' => '\\\\', "'" => "\\'", '"' => '\"', "\x1a" => '\Z',
    ];

    private bool $again = false;
    /** Seconds that this request has spent on connecting: all attempts together have the time of one. */
    private float $spent = 0.0;
    /** Nobody asked yet: then `dbh` is unset, and whoever looks at it, also wpdb itself, gets it by `__get`. */
    private bool $waits = true;
    /** Given up: the page that says so may ask for an option, and would say so again, for ever. */
    private bool $dead = false;

    public function __construct(string $user, string $password, string $name, string $host)
    {
        // Else quotes would not be escaped by a backslash.
        $this->incompatible_modes[] = 'NO_BACKSLASH_ESCAPES';
        parent::__construct($user, $password, $name, $host);
    }

    public function __get($name)
    {
        if ($name !== 'dbh') {
            return parent::__get($name);
        }
        if (!$this->waits) {
            // empty($this->dbh) asks __isset, which has connected, and then asks here once more.
            return $this->dbh;
        }
        $this->waits = false;
        $this->dbh = null;
        if (!$this->db_connect() || !empty($this->error)) {
            dead_db();
        }
        return $this->dbh;
    }

    public function __isset($name)
    {
        return $name === 'dbh' ? $this->__get('dbh') !== null : parent::__isset($name);
    }

    /** As wpdb's, and the same without a connection. */
    public function _real_escape($data)
    {
        return $this->waits && is_scalar($data)
            ? $this->add_placeholder_escape(strtr((string) $data, self::ESCAPED))
            : parent::_real_escape($data);
    }

    /** As wpdb's, but for how and when it connects. */
    public function db_connect($allow_bail = true)
    {
        $this->is_mysql = true;
        if ($this->waits) {
            unset($this->dbh);
            // As they will be with a connection.
            $this->charset = 'utf8mb4';
            $this->collate = 'utf8mb4_unicode_520_ci';
            return $this->ready = true;
        }
        $begin = hrtime(true);
        $left = (int) settings()['DB_CONNECT_TIMEOUT'] - (int) $this->spent;
        $this->dbh = $left > 0 ? connect($left) : null;
        $this->spent += (hrtime(true) - $begin) / 1e9;
        if ($this->dbh === null) {
            if ($allow_bail) {
                error_log("platen: the database can't be reached: " . mysqli_connect_error());
                $page = WP_CONTENT_DIR . '/db-error.php';
                if (file_exists($page)) {
                    require_once $page;
                    die();
                }
                wp_load_translations_early();
                $this->bail('<h1>' . __('Error establishing a database connection') . "</h1>\n", 'db_connect_fail');
            }
            return false;
        }
        $this->init_charset();
        $this->set_charset($this->dbh);
        // wpdb's own, which it sets itself when it is asked to from outside.
        $this->has_connected = true;
        $this->ready = true;
        $this->set_sql_mode();
        $this->select($this->dbname, $this->dbh);
        return true;
    }

    /** As wpdb's, which tries five times, each as long as the settings allow. */
    public function check_connection($allow_bail = true)
    {
        if ($this->waits || ($this->dbh instanceof \mysqli && @$this->dbh->query('DO 1') !== false)) {
            return true;
        }
        if ($this->dead) {
            return false;
        }
        for (; $this->spent < (int) settings()['DB_CONNECT_TIMEOUT']; $this->spent += 0.2) {
            if ($this->db_connect(false)) {
                return true;
            }
            usleep(200_000);
        }
        $this->dead = true;
        $this->reconnect_retries = 0;
        return parent::check_connection($allow_bail);
    }

    public function close()
    {
        return !$this->waits && parent::close();
    }

    /** After a fail-over, connections stay with the server that was the writer; the name leads to the new one. */
    public function query($query)
    {
        $result = parent::query($query);
        if ($result === false && !$this->again && $this->dbh instanceof \mysqli && in_array($this->dbh->errno, self::READ_ONLY, true)) {
            $this->again = true;
            $this->close();
            $result = $this->db_connect(false) ? parent::query($query) : false;
            $this->again = false;
        }
        return $result;
    }
}

/** The one connection of a request. */
function site_database(): Database
{
    static $database = null;
    return $database ??= new Database(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);
}
