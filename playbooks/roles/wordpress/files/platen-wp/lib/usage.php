<?php
/** What platen-wp can do. */

declare(strict_types=1);

namespace Platen;

const USAGE = <<<'END'
    platen-wp install        installs the site: --url --title --user --email --password-file (-: standard input);
                             what is not given comes from the container's settings
    platen-wp update-db      brings the database's tables to the version of the code
    platen-wp cron           runs what is due now
    platen-wp flush-cache    empties WordPress's caches
    platen-wp doctor         looks for what is wrong
    platen-wp database-user  makes the database and the site's user, by WORDPRESS_DB_MASTER_USER and _PASSWORD
    platen-wp rewrite-address OLD NEW
                             puts one address in the place of another in all texts of the database; restart the replicas then
    platen-wp salts          prints a new WORDPRESS_SECRET; with it, everybody must log in again
    platen-wp settings       prints all settings, what each takes, and its default
    platen-wp help           prints this

    END;

/** The exit code of a call that is wrong. */
function usage(string $why): int
{
    fwrite(STDERR, "platen-wp: $why\n\n" . USAGE);
    return 2;
}
