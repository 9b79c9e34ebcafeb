<?php
/** Who guesses passwords is slowed down by all replicas together. */

namespace Platen;

require_once image()['programs'] . '/lib/attempts.php';

if (PHP_SAPI !== 'cli') {
    $platen_kind = ['wp-login.php' => 'login', 'xmlrpc.php' => 'xmlrpc'][basename($_SERVER['SCRIPT_NAME'] ?? '')] ?? null;
    if ($platen_kind !== null && $_SERVER['REQUEST_METHOD'] === 'POST' && !attempt($platen_kind)) {
        refuse_attempt();
    }
    // Passwords of applications, which REST takes: only those that are wrong count, but none is looked at when there were too many.
    add_filter('determine_current_user', static function ($user) {
        if (isset($_SERVER['PHP_AUTH_USER']) && !may_attempt('login')) {
            refuse_attempt();
        }
        return $user;
    }, 19);
    add_action('application_password_failed_authentication', static fn () => attempt('login'), 10, 0);
}
