<?php
/** A oneshot service: makes the volume ready, as PHP's user. Ends with 1 and says why. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/settings.php';
require_once __DIR__ . '/lib/webroot.php';

/** Gives up root for good: what is made from here on belongs to PHP's user. */
function become(int $uid, int $gid): void
{
    if (posix_geteuid() === 0 && $uid !== 0) {
        $done = posix_initgroups(posix_getpwuid($uid)['name'] ?? 'nobody', $gid) && posix_setgid($gid) && posix_setuid($uid);
        if (!$done) {
            throw new \RuntimeException("can't become user $uid: the container needs the capabilities SETUID and SETGID, or that user");
        }
    }
}

try {
    // Who the settings were handed over to (start-settings.php).
    [$uid, $gid] = array_map(intval(...), explode(':', file_get_contents(image()['run'] . '/user')));
    become($uid, $gid);
    umask(0022);
    (new Webroot(settings()))->prepare();
} catch (\Throwable $error) {
    say($error->getMessage());
    exit(1);
}
