<?php
/**
 * What .htaccess and web.config say about who may read a file: plugins that sell or collect files protect them so, and nginx reads
 * neither. Only whether everybody may is asked; what depends on the visitor (an address, a password) counts as no.
 *
 * Directives as in Apache's mod_access_compat, mod_authz_core and mod_rewrite; sections as in its core.
 */

declare(strict_types=1);

namespace Platen;

final class AccessRules
{
    /** Allow, Deny and Order, as long as nothing else was said. */
    private bool $allow = false;
    private bool $deny = false;
    private bool $allowFirst = false;
    private bool $said = false;
    private ?bool $required = null;
    private bool $rewritten = false;

    /** Whether everybody may read the file, by these rules alone; null where they say nothing about it. */
    public static function verdict(string $htaccess, string $file): ?bool
    {
        $rules = [new self(), new self()];
        $depth = [];
        $condition = false;
        foreach (preg_split('/\R/', preg_replace('/\\\\\R/', ' ', $htaccess)) as $line) {
            $line = trim($line);
            if (preg_match('/^<\/(\w+)/', $line) === 1) {
                array_pop($depth);
            } elseif (preg_match('/^<(\w+)\s*(.*?)>?$/', $line, $section) === 1) {
                $depth[] = self::section(strtolower($section[1]), trim($section[2]), $file);
            } elseif (!in_array(false, $depth, true)) {
                $condition = $rules[in_array(true, $depth, true) ? 1 : 0]->read($line, $file, $condition);
            }
        }
        // What a section says about files of its kind comes after what is said about all.
        return $rules[1]->result() ?? $rules[0]->result();
    }

    /** Whether a section is about this file; null where it is about all. */
    private static function section(string $kind, string $argument, string $file): ?bool
    {
        $pattern = trim(preg_replace('/^~\s*/', '', $argument, 1, $regular), '"\' ');
        return match (true) {
            $kind === 'filesmatch', $kind === 'files' && $regular === 1 => @preg_match("\x01$pattern\x01", $file) === 1,
            $kind === 'files' => fnmatch($pattern, $file),
            // Modules may be there or not: what is said for either case says what is meant.
            default => null,
        };
    }

    /** Gives whether what comes next holds under a condition only. */
    private function read(string $line, string $file, bool $condition): bool
    {
        $words = preg_split('/[\s]+/', strtolower($line), 4);
        $second = $words[1] ?? '';
        match ($words[0]) {
            'order' => [$this->said, $this->allowFirst] = [true, str_starts_with($second, 'allow')],
            'allow' => $this->allow = $this->allow || ($words[2] ?? '') === 'all',
            'deny' => $this->deny = $this->deny || ($words[2] ?? '') === 'all',
            'require' => $this->required = $second === 'all' ? ($words[2] ?? '') === 'granted' : ($this->required ?? false),
            'rewriterule' => $this->rewritten = $this->rewritten || (!$condition && self::forbids($line, $file)),
            default => null,
        };
        return $words[0] === 'rewritecond';
    }

    private static function forbids(string $line, string $file): bool
    {
        $words = preg_split('/\s+/', $line);
        $pattern = trim($words[1] ?? '', '"');
        return preg_match('/\[(.*,)?\s*(F|forbidden|R=40[34])\s*(,.*)?\]$/i', $line) === 1 && @preg_match("\x01$pattern\x01i", $file) === 1;
    }

    private function result(): ?bool
    {
        return match (true) {
            $this->rewritten => false,
            $this->required !== null => $this->required,
            $this->allowFirst => $this->allow && !$this->deny,
            $this->said, $this->allow, $this->deny => !$this->deny || $this->allow,
            default => null,
        };
    }
}

/** Whether a web.config of IIS keeps everybody out. */
function denies_all(string $config): bool
{
    return preg_match('/<deny\s[^>]*users\s*=\s*"[*?]"|<add\s[^>]*accessType\s*=\s*"Deny"|<clear\s*\/>\s*<\/authorization>/i', $config) === 1;
}
