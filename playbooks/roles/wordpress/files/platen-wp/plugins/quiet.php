<?php
/** Pages and feeds do not tell which version of WordPress makes them. */

add_filter('the_generator', '__return_empty_string');
