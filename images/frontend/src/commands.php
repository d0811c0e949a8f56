<?php
declare(strict_types=1);

namespace Guestbook;

/**
 * A guestbook is one string with a comma before each entry, as the document's page writes it, so that this page and the document's
 * are interchangeable, and other readers of the key keep working. A comma within an entry is marked by an INVISIBLE SEPARATOR
 * (U+2063) after it. public/js/entries.js parses the string.
 */
const COMMA = ",\u{2063}";

/** The maximum length of a guestbook, in bytes: every visitor reads all of it, and 20 processes at once need memory for that. */
const LONGEST_BOOK = 2 << 20;

/** Redis runs scripts atomically: nobody else can write between the check and the append. */
const APPEND = <<<'LUA'
    if redis.call('STRLEN', KEYS[1]) + #ARGV[1] > tonumber(ARGV[2]) then return -1 end
    return redis.call('APPEND', KEYS[1], ARGV[1])
    LUA;

/** `cmd=get`: the unchanged value of a key; the empty string if there is none. */
function get(): void
{
    allow('GET', 'HEAD', 'POST');
    $key = key();
    $value = again(fn (\Redis $redis) => $redis->getRange($key, 0, LONGEST_BOOK));
    if (strlen($value) > LONGEST_BOOK) {
        throw new Problem(507, 'full', 'This key contains more than ' . (LONGEST_BOOK >> 20) . ' MiB.');
    }
    answerData($value);
}

/** `cmd=set`: replaces the value of a key. */
function set(): void
{
    allow('GET', 'POST');
    [$key, $value] = [key(), value()];
    ask(Tier::Master, fn (\Redis $redis) => $redis->set($key, $value));
    answer(['message' => 'Updated']);
}

/**
 * `cmd=append`: adds an entry at the end, even if others do so at the same time, and responds with the length of the guestbook in
 * bytes. Only POST is allowed: browsers and proxies may repeat a GET.
 */
function append(): void
{
    allow('POST');
    $key = key();
    $text = ',' . str_replace(',', COMMA, entry());
    $length = ask(Tier::Master, fn (\Redis $redis) => $redis->eval(APPEND, [$key, $text, LONGEST_BOOK], 1));
    if ($length === -1) {
        throw new Problem(507, 'full', 'The guestbook is full: it is limited to ' . (LONGEST_BOOK >> 20) . ' MiB.');
    }
    answer(['message' => 'Added', 'length' => $length]);
}

/** @throws Problem 400 for an unknown command */
function command(string $name): void
{
    match ($name) {
        'get' => get(),
        'set' => set(),
        'append' => append(),
        default => throw new Problem(400, 'unknown-command', 'The parameter cmd must be get, set or append.'),
    };
}
