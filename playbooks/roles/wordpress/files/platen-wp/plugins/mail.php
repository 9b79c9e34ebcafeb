<?php
/** Sends mail by the SMTP server of the settings. */

namespace Platen;

if (settings()['SMTP_HOST'] !== null) {
    add_action('phpmailer_init', static function ($mailer): void {
        $settings = settings();
        $mailer->isSMTP();
        $mailer->Host = $settings['SMTP_HOST'];
        $mailer->Port = (int) $settings['SMTP_PORT'];
        $mailer->SMTPSecure = ['starttls' => 'tls', 'tls' => 'ssl', 'none' => ''][$settings['SMTP_SECURITY']];
        $mailer->SMTPAutoTLS = false;
        $mailer->SMTPAuth = $settings['SMTP_USER'] !== null;
        $mailer->Username = (string) $settings['SMTP_USER'];
        $mailer->Password = (string) $settings['SMTP_PASSWORD'];
        // Somebody waits for the page.
        $mailer->Timeout = 10;
    });
    add_action('wp_mail_failed', static function ($error): void {
        error_log('platen: mail was not sent: ' . $error->get_error_message());
    });
}
// WordPress's own (wordpress@ and the host's name) is the default; what a plugin chose stays.
add_filter('wp_mail_from', static function (string $from): string {
    $own = settings()['MAIL_FROM'];
    return $own !== null && str_starts_with($from, 'wordpress@') ? $own : $from;
}, 5);
add_filter('wp_mail_from_name', static function (string $name): string {
    $own = settings()['MAIL_FROM_NAME'];
    return $own !== null && $name === 'WordPress' ? $own : $name;
}, 5);
