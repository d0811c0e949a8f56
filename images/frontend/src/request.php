<?php
declare(strict_types=1);

namespace Guestbook;

/** The longest value that is taken at once, in bytes. */
const LONGEST_VALUE = 1 << 20;
const LONGEST_KEY = 512;

/** The longest body: a value of the longest is up to 3 MiB when it is percent-encoded. */
const LONGEST_BODY = 3_500_000;

/**
 * Refuses a body that is too long and did not say so: then Apache cannot refuse it in time, and PHP reads up to post_max_size.
 *
 * @throws Problem 413
 */
function bounded(): void
{
    $body = fopen('php://input', 'r');
    fseek($body, LONGEST_BODY);
    if (fgetc($body) !== false) {
        throw new Problem(413, 'too-large', 'This is too much at once: a value is at most ' . (LONGEST_VALUE >> 20) . ' MiB long.');
    }
}

/**
 * A parameter of the request: of its body where it has one, otherwise of its address.
 *
 * @throws Problem 400 where it is missing, given as a list, or no UTF-8: JSON could not carry it back
 */
function parameter(string $name): string
{
    $value = $_POST[$name] ?? $_GET[$name] ?? throw new Problem(400, 'missing', "The parameter $name is missing.");
    if (!is_string($value)) {
        throw new Problem(400, 'invalid', "The parameter $name must be given once, as text.");
    }
    if (preg_match('//u', $value) !== 1) {
        throw new Problem(400, 'invalid', "The parameter $name is no valid UTF-8.");
    }
    return $value;
}

/** The name that entries are kept under: `messages` on the guestbook's own page. */
function key(): string
{
    $key = parameter('key');
    if ($key === '' || strlen($key) > LONGEST_KEY || preg_match('/\p{Cc}/u', $key) === 1) {
        throw new Problem(400, 'invalid', 'A key is 1 to ' . LONGEST_KEY . ' bytes of text, with no control characters.');
    }
    return $key;
}

/** A value as it is: any text, the empty one too. */
function value(): string
{
    $value = parameter('value');
    if (strlen($value) > LONGEST_VALUE) {
        throw new Problem(413, 'too-large', 'A value is at most ' . (LONGEST_VALUE >> 20) . ' MiB long.');
    }
    return $value;
}

/** One entry: text with something to see in it, no space or comma's mark around it, lines ended in one way, no control characters. */
function entry(): string
{
    $text = preg_replace('/\r\n?/', "\n", value());
    $found = preg_match('/^[\s\x{2063}]*+(.*\S)/su', $text, $match);
    if ($found !== 1 || preg_match('/[^\p{Z}\p{C}]/u', $match[1]) !== 1) {
        throw new Problem(400, 'empty', 'An entry needs some text.');
    }
    if (preg_match('/[^\P{Cc}\n\t]/u', $match[1]) === 1) {
        throw new Problem(400, 'invalid', 'An entry has no control characters but tabs and line ends.');
    }
    return $match[1];
}

/** @throws Problem 405 for any method but these */
function allow(string ...$methods): void
{
    if (!in_array($_SERVER['REQUEST_METHOD'], $methods, true)) {
        $allowed = implode(', ', $methods);
        throw new Problem(405, 'method', "This can be asked for with $allowed only.", ['Allow' => $allowed]);
    }
}
