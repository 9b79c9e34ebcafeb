<?php
/** One address in the place of another, also within what PHP serialized, whose texts carry their lengths. */

declare(strict_types=1);

namespace Platen;

final class Rewriting
{
    /** @var array<string, string> replacement by pattern */
    private array $patterns = [];

    /** @param string $old like https://localhost:8443, without a path */
    public function __construct(string $old, string $new)
    {
        // As it is written, in JSON, and in a query.
        $forms = [static fn ($text) => $text, static fn ($text) => str_replace('/', '\/', $text), rawurlencode(...)];
        // Not the beginning of another: https://site.example is in https://site.example.org, and :80 in :8080.
        $end = '(?![A-Za-z0-9_-]|\.[A-Za-z0-9]' . (parse_url($old, PHP_URL_PORT) === null ? '|(?::|%3A)[0-9]' : '') . ')';
        foreach ($forms as $form) {
            $this->patterns['~' . preg_quote($form($old), '~') . "$end~"] = addcslashes($form($new), '\\$');
        }
    }

    public function of(string $text): string
    {
        if (preg_match('/^(?:[aOC]:[0-9]+:|s:[0-9]+:")/', $text) !== 1 || (@unserialize($text, ['allowed_classes' => false])) === false) {
            return (string) preg_replace(array_keys($this->patterns), array_values($this->patterns), $text);
        }
        $rewritten = $this->ofSerialized($text);
        // Rather the old address than something that can't be read.
        return @unserialize($rewritten, ['allowed_classes' => false]) === false ? $text : $rewritten;
    }

    /** Goes from text to text by their lengths: what looks like one within another is none. */
    private function ofSerialized(string $text): string
    {
        $rewritten = '';
        for ($at = 0; preg_match('/(?:^|[;{])s:([0-9]+):"/', $text, $match, PREG_OFFSET_CAPTURE, $at) === 1; $at = $begin + $length) {
            $begin = $match[0][1] + strlen($match[0][0]);
            $length = (int) $match[1][0];
            $inner = $this->of(substr($text, $begin, $length));
            $rewritten .= substr($text, $at, $match[1][1] - $at) . strlen($inner) . ':"' . $inner;
        }
        return $rewritten . substr($text, $at);
    }
}
