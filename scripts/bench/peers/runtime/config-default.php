<?php
define('DB_HOST', '127.0.0.1');
define('DB_NAME', 'site_' . trim(file_get_contents('/etc/wordpress/peer')));
define('DB_USER', 'root');
define('DB_PASSWORD', 'bench');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $use) {
    define("{$use}_KEY", hash('sha256', "$use key"));
    define("{$use}_SALT", hash('sha256', "$use salt"));
}
