<?php
/** In process 1: checks the settings and hands them over to PHP. Ends with 1 and says why. */

declare(strict_types=1);

namespace Platen;

require_once __DIR__ . '/lib/settings.php';
require_once __DIR__ . '/lib/webroot.php';

/**
 * Who PHP's workers are to be: whoever the container is started as; for root, the image's user, or else the one whom the
 * volume belongs to, as on a file system that lets nobody else write (an access point, a folder of the host's).
 *
 * @return array{int, int}
 */
function chosen_user(): array
{
    if (posix_geteuid() !== 0) {
        return [posix_geteuid(), posix_getegid()];
    }
    ['uid' => $uid, 'gid' => $gid] = posix_getpwnam(image()['user']);
    $volume = image()['volume'];
    make_folder($volume);
    $owner = fileowner($volume);
    if ($owner === 0) {
        // A new volume. Where root has no power over it (a file server that squashes it), the attempt below tells.
        @chown($volume, $uid) && @chgrp($volume, $gid);
    }
    if ($owner === 0 || $owner === $uid || writes_as($uid, $gid, $volume)) {
        return [$uid, $gid];
    }
    if ((fileperms($volume) & 0011) !== 0011) {
        say("$volume belongs to user $owner alone; nginx may enter it from now on");
        @chmod($volume, fileperms($volume) & 07777 | 0011);
    }
    return [$owner, filegroup($volume)];
}

function writes_as(int $uid, int $gid, string $folder): bool
{
    posix_setegid($gid);
    posix_seteuid($uid);
    $probe = "$folder/.platen-" . bin2hex(random_bytes(8));
    $writes = @mkdir($probe) && @rmdir($probe);
    posix_seteuid(0);
    posix_setegid(0);
    return $writes;
}

/** A file in /run that PHP's user alone can read, in place as a whole. */
function hand_over(string $name, string $text, int $gid): void
{
    $path = image()['run'] . "/$name";
    @unlink($path);
    $old = umask(0077);
    file_put_contents($path, $text);
    umask($old);
    if (posix_geteuid() === 0) {
        chgrp($path, $gid);
        chmod($path, 0440);
    }
}

/** @param array<string, string> $environment */
function hand_settings_over(array $environment): void
{
    $settings = read_settings($environment);
    foreach (unknown_settings($environment) as $name) {
        say("$name is no setting; look for a slip of the pen");
    }
    $webroot = new Webroot($settings);
    [$uid, $gid] = chosen_user();
    $run = image()['run'];
    make_folder($run);
    hand_over('settings.php', '<?php return ' . var_export($settings, true) . ";\n", $gid);
    file_put_contents("$run/user", "$uid:$gid\n");
    // What the programs that come later remember until the next start.
    remove_tree("$run/state");
    foreach (['', '/pages', '/pages/kept', '/pages/unkept'] as $folder) {
        make_folder("$run/state$folder");
        if (posix_geteuid() === 0) {
            chown("$run/state$folder", $uid);
            chgrp("$run/state$folder", $gid);
        }
    }
    // Below the address of each site WordPress's own files are found, too (nginx-server.conf).
    file_put_contents("$run/nginx-network.conf", $settings['MULTISITE'] !== 'subdirectories' ? '' : <<<'END'
        rewrite "^(/(?!wp-)[_0-9a-zA-Z-]+/wp-admin)$" $1/ permanent;
        rewrite "^/(?!wp-)[_0-9a-zA-Z-]+(/(?:wp-(?:admin|content|includes)/.*|(?:wp-[a-z-]+|xmlrpc)\.php))$" $1;

        END);
    point_link("$run/root", $webroot->root());
    point_link("$run/wp-content", $webroot->content());
}

try {
    hand_settings_over(getenv());
} catch (BadSettings $bad) {
    array_map(say(...), $bad->problems);
    exit(1);
} catch (\Throwable $error) {
    say($error->getMessage());
    exit(1);
}
