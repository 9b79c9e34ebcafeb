<?php
/** Whether a program needs nothing that WordPress, or another part, would have to define before. */

declare(strict_types=1);

namespace Platen;

/** By the functions and classes that it names: all are PHP's or its own. What looks whether WordPress is there, is a part. */
function runs_alone(string $code): bool
{
    if (preg_match('/\b(ABSPATH|WPINC|WP_UNINSTALL_PLUGIN)\b/', $code) === 1) {
        return false;
    }
    $tokens = array_values(array_filter(\PhpToken::tokenize($code), static fn (\PhpToken $token): bool => !$token->isIgnorable()));
    $own = $functions = $classes = [];
    foreach ($tokens as $at => $token) {
        $before = $tokens[$at - 1] ?? null;
        $after = $tokens[$at + 1] ?? null;
        if (!$token->is([T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED])) {
            continue;
        }
        $name = strtolower(ltrim($token->text, '\\'));
        match (true) {
            $before?->is([T_FUNCTION, T_CLASS, T_INTERFACE, T_TRAIT, T_ENUM]) => $own[$name] = true,
            $before?->is([T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON, T_CONST]) => null,
            $before?->is([T_NEW, T_EXTENDS, T_IMPLEMENTS]), $after?->is(T_DOUBLE_COLON) => $classes[$name] = true,
            $after?->is('(') => $functions[$name] = true,
            default => null,
        };
    }
    unset($classes['self'], $classes['static'], $classes['parent']);
    $exists = static fn (string $name): bool => class_exists($name, false) || interface_exists($name, false);
    return array_filter(array_keys(array_diff_key($functions, $own)), static fn (string $name): bool => !function_exists($name)) === []
        && array_filter(array_keys(array_diff_key($classes, $own)), static fn (string $name): bool => !$exists($name)) === [];
}
