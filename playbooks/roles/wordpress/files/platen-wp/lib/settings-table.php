<?php
/**
 * Every setting of the site: what kind of value it takes, and its default (null: not set). Each comes from the environment
 * by its name, or from the file that <name>_FILE names. See images/wordpress/README.md.
 */

declare(strict_types=1);

namespace Platen;

return [
    // Web root.
    'WORDPRESS_WEBROOT' => ['kind' => 'choice', 'choices' => ['content', 'full', 'uploads'], 'default' => 'content'],
    'WORDPRESS_KEEP_RELEASES' => ['kind' => 'number', 'from' => 1, 'to' => 100, 'default' => '3'],
    'WORDPRESS_LOCK_SECONDS' => ['kind' => 'number', 'from' => 2, 'to' => 3600, 'default' => '15'],
    'WORDPRESS_FILE_MODS' => ['kind' => 'flag', 'default' => 'true'],

    // Database.
    'WORDPRESS_DB_HOST' => ['kind' => 'address', 'required' => true],
    'WORDPRESS_DB_NAME' => ['kind' => 'text', 'default' => 'wordpress'],
    'WORDPRESS_DB_USER' => ['kind' => 'text', 'default' => 'wordpress'],
    'WORDPRESS_DB_PASSWORD' => ['kind' => 'text', 'required' => true, 'secret' => true, 'part' => 'password'],
    'WORDPRESS_DB_TLS' => ['kind' => 'choice', 'choices' => ['off', 'required', 'verify'], 'default' => 'off'],
    'WORDPRESS_DB_TLS_CA' => ['kind' => 'file', 'default' => '/etc/ssl/certs/ca-certificates.crt'],
    'WORDPRESS_DB_CONNECT_TIMEOUT' => ['kind' => 'number', 'from' => 1, 'to' => 60, 'default' => '5'],
    'WORDPRESS_DB_UPGRADE' => ['kind' => 'flag', 'default' => 'true'],
    'WORDPRESS_TABLE_PREFIX' => ['kind' => 'prefix', 'default' => image()['table_prefix']],

    // Addresses.
    'WORDPRESS_URL' => ['kind' => 'url'],
    'WORDPRESS_HOME' => ['kind' => 'url'],
    'WORDPRESS_SITEURL' => ['kind' => 'url'],

    // A network of sites.
    'WORDPRESS_MULTISITE' => ['kind' => 'choice', 'choices' => ['off', 'subdirectories', 'subdomains'], 'default' => 'off'],

    // Keys and salts.
    'WORDPRESS_SECRET' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_AUTH_KEY' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_AUTH_SALT' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_SECURE_AUTH_KEY' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_SECURE_AUTH_SALT' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_LOGGED_IN_KEY' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_LOGGED_IN_SALT' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_NONCE_KEY' => ['kind' => 'key', 'secret' => true],
    'WORDPRESS_NONCE_SALT' => ['kind' => 'key', 'secret' => true],

    // First installation.
    'WORDPRESS_TITLE' => ['kind' => 'text'],
    'WORDPRESS_ADMIN_USER' => ['kind' => 'user'],
    'WORDPRESS_ADMIN_PASSWORD' => ['kind' => 'text', 'secret' => true],
    'WORDPRESS_ADMIN_EMAIL' => ['kind' => 'email'],

    // Mail.
    'WORDPRESS_SMTP_HOST' => ['kind' => 'host'],
    'WORDPRESS_SMTP_PORT' => ['kind' => 'number', 'from' => 1, 'to' => 65535, 'default' => '587'],
    'WORDPRESS_SMTP_SECURITY' => ['kind' => 'choice', 'choices' => ['starttls', 'tls', 'none'], 'default' => 'starttls'],
    'WORDPRESS_SMTP_USER' => ['kind' => 'text'],
    'WORDPRESS_SMTP_PASSWORD' => ['kind' => 'text', 'secret' => true],
    'WORDPRESS_MAIL_FROM' => ['kind' => 'email'],
    'WORDPRESS_MAIL_FROM_NAME' => ['kind' => 'text'],

    // Object cache.
    'WORDPRESS_CACHE_HOST' => ['kind' => 'host'],
    'WORDPRESS_CACHE_PORT' => ['kind' => 'number', 'from' => 1, 'to' => 65535, 'default' => '6379'],
    'WORDPRESS_CACHE_TLS' => ['kind' => 'flag', 'default' => 'false'],
    'WORDPRESS_CACHE_TLS_CA' => ['kind' => 'file', 'default' => '/etc/ssl/certs/ca-certificates.crt'],
    'WORDPRESS_CACHE_USER' => ['kind' => 'text'],
    'WORDPRESS_CACHE_PASSWORD' => ['kind' => 'text', 'secret' => true],
    'WORDPRESS_CACHE_PREFIX' => ['kind' => 'text'],
    'WORDPRESS_CACHE_THEME_JSON' => ['kind' => 'flag', 'default' => 'true'],

    // Running.
    'WORDPRESS_CRON' => ['kind' => 'flag', 'default' => 'true'],
    'WORDPRESS_CRON_SECONDS' => ['kind' => 'number', 'from' => 5, 'to' => 3600, 'default' => '60'],
    'WORDPRESS_MEMORY_LIMIT' => ['kind' => 'size', 'default' => '64M'],
    'WORDPRESS_MAX_MEMORY_LIMIT' => ['kind' => 'size', 'default' => '256M'],
    'WORDPRESS_READY_DATABASE' => ['kind' => 'flag', 'default' => 'false'],
    'WORDPRESS_ENTRY_POINTS' => ['kind' => 'text'],
    'WORDPRESS_DEBUG' => ['kind' => 'flag', 'default' => 'false'],
];
