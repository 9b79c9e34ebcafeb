<?php
/**
 * Connects with a timeout and, where the settings say so, by TLS; leaves a server that became a read-only replica.
 */

namespace Platen;

require_once image()['programs'] . '/database.php';

final class Database extends \wpdb
{
    /** That the server is read-only: ER_OPTION_PREVENTS_STATEMENT, ER_READ_ONLY_MODE. */
    private const READ_ONLY = [1290, 1836];

    private bool $again = false;

    /** As wpdb's, but for how it connects. */
    public function db_connect($allow_bail = true)
    {
        $this->is_mysql = true;
        $this->dbh = connect();
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

$GLOBALS['wpdb'] = new Database(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);
