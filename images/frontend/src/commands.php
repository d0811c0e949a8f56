<?php
declare(strict_types=1);

namespace Guestbook;

/**
 * A guestbook is one string, entries with a comma before each, as the document's page writes it: that page, and whatever reads its
 * key, can be put in this one's place and back again. An entry's own commas are followed by an INVISIBLE SEPARATOR (U+2063), so that
 * they are told apart, and nobody sees it. public/js/entries.js takes it apart again.
 */
const COMMA = ",\u{2063}";

/** The longest guestbook, in bytes: all visitors read all of it, and 20 processes at once must have the memory for that. */
const LONGEST_BOOK = 2 << 20;

/** Redis runs a script alone: no entry of another visitor comes between the question and the append. */
const APPEND = <<<'LUA'
    if redis.call('STRLEN', KEYS[1]) + #ARGV[1] > tonumber(ARGV[2]) then return -1 end
    return redis.call('APPEND', KEYS[1], ARGV[1])
    LUA;

/** `cmd=get`: the value of a key, as it is; the empty text where there is none. */
function get(): void
{
    allow('GET', 'HEAD', 'POST');
    $key = key();
    $value = again(fn (\Redis $redis) => $redis->getRange($key, 0, LONGEST_BOOK));
    if (strlen($value) > LONGEST_BOOK) {
        throw new Problem(507, 'full', 'This key holds more than ' . (LONGEST_BOOK >> 20) . ' MiB.');
    }
    answerData($value);
}

/** `cmd=set`: puts a value in the place of the one that was there. */
function set(): void
{
    allow('GET', 'POST');
    [$key, $value] = [key(), value()];
    ask(Tier::Master, fn (\Redis $redis) => $redis->set($key, $value));
    answer(['message' => 'Updated']);
}

/**
 * `cmd=append`: adds an entry at the end, whoever else does so at the same time, and answers with the length of the guestbook in
 * bytes. By POST only: browsers and proxies send a GET again when they like.
 */
function append(): void
{
    allow('POST');
    $key = key();
    $text = ',' . str_replace(',', COMMA, entry());
    $length = ask(Tier::Master, fn (\Redis $redis) => $redis->eval(APPEND, [$key, $text, LONGEST_BOOK], 1));
    if ($length === -1) {
        throw new Problem(507, 'full', 'The guestbook is full: it takes ' . (LONGEST_BOOK >> 20) . ' MiB.');
    }
    answer(['message' => 'Added', 'length' => $length]);
}

/** @throws Problem 400 for a command that there is not */
function command(string $name): void
{
    match ($name) {
        'get' => get(),
        'set' => set(),
        'append' => append(),
        default => throw new Problem(400, 'unknown-command', 'The parameter cmd is one of get, set and append.'),
    };
}
