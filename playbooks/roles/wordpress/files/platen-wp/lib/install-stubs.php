<?php
/** What wp_install() is to do without: whoever set the password needs no mail about it. WordPress lets it be replaced. */

declare(strict_types=1);

function wp_new_blog_notification(): void
{
}
