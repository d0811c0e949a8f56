<?php
declare(strict_types=1);

namespace Guestbook;

/** The maximum length of a value, in bytes. */
const LONGEST_VALUE = 1 << 20;
const LONGEST_KEY = 512;

/** The maximum length of a body, in bytes: the longest value has up to 3 MiB when it is percent-encoded. */
const LONGEST_BODY = 3_500_000;

/**
 * Rejects a body that is too long and has no Content-Length: Apache cannot reject it, and PHP reads it up to post_max_size.
 *
 * @throws Problem 413
 */
function bounded(): void
{
    $body = fopen('php://input', 'r');
    fseek($body, LONGEST_BODY);
    if (fgetc($body) !== false) {
        throw new Problem(413, 'too-large', 'This is too long: a value may have at most ' . (LONGEST_VALUE >> 20) . ' MiB.');
    }
}

/**
 * A parameter of the request, from its body, or else from its URL.
 *
 * @throws Problem 400 if it is missing, given as a list, or not UTF-8, which JSON could not contain
 */
function parameter(string $name): string
{
    $value = $_POST[$name] ?? $_GET[$name] ?? throw new Problem(400, 'missing', "The parameter $name is missing.");
    if (!is_string($value)) {
        throw new Problem(400, 'invalid', "The parameter $name must be given once, as text.");
    }
    if (preg_match('//u', $value) !== 1) {
        throw new Problem(400, 'invalid', "The parameter $name is not valid UTF-8.");
    }
    return $value;
}

/** The key of a guestbook: `messages` on the guestbook's own page. */
function key(): string
{
    $key = parameter('key');
    if ($key === '' || strlen($key) > LONGEST_KEY || preg_match('/\p{Cc}/u', $key) === 1) {
        throw new Problem(400, 'invalid', 'A key must have 1 to ' . LONGEST_KEY . ' bytes of text without control characters.');
    }
    return $key;
}

/** An unchanged value: any text, including the empty string. */
function value(): string
{
    $value = parameter('value');
    if (strlen($value) > LONGEST_VALUE) {
        throw new Problem(413, 'too-large', 'A value may have at most ' . (LONGEST_VALUE >> 20) . ' MiB.');
    }
    return $value;
}

/** An entry: visible text without surrounding spaces or separators, with uniform line breaks and no control characters. */
function entry(): string
{
    $text = preg_replace('/\r\n?/', "\n", value());
    $found = preg_match('/^[\s\x{2063}]*+(.*\S)/su', $text, $match);
    if ($found !== 1 || preg_match('/[^\p{Z}\p{C}]/u', $match[1]) !== 1) {
        throw new Problem(400, 'empty', 'An entry needs some text.');
    }
    if (preg_match('/[^\P{Cc}\n\t]/u', $match[1]) === 1) {
        throw new Problem(400, 'invalid', 'An entry may not contain control characters other than tabs and line breaks.');
    }
    return $match[1];
}

/** @throws Problem 405 for any other method */
function allow(string ...$methods): void
{
    if (!in_array($_SERVER['REQUEST_METHOD'], $methods, true)) {
        $allowed = implode(', ', $methods);
        throw new Problem(405, 'method', "Use one of these methods: $allowed.", ['Allow' => $allowed]);
    }
}
