<?php
declare(strict_types=1);

namespace Guestbook;

/** Timeouts in seconds. The readiness probe waits longer than both together, plus a second connection attempt. */
const CONNECT_TIMEOUT = 1.0;
const READ_TIMEOUT = 1.5;

/**
 * Sends a command to a tier of Redis, over a connection that this process keeps. php-redis checks the connection before each use,
 * so a restarted Redis is noticed immediately, and only again() ever sends a command twice.
 *
 * @param callable(\Redis): mixed $ask
 * @throws Problem 503 if nothing was done; 504 if there was no answer, so that it may have been done
 */
function ask(Tier $tier, callable $ask): mixed
{
    $redis = connection($tier);
    try {
        $redis->clearLastError();
        $answer = $ask($redis);
    } catch (\RedisException $error) {
        throw silence($tier, $error);
    }
    $refusal = $redis->getLastError();
    return $refusal === null ? $answer : throw refusal($tier, $refusal);
}

/**
 * Sends a read-only command to the slaves, and repeats it if it fails without a timeout: the slave has probably just been removed,
 * and the Service has another. After a timeout, it is not repeated, as the visitor has waited long enough.
 *
 * @param callable(\Redis): mixed $ask
 * @throws Problem as in ask()
 */
function again(callable $ask): mixed
{
    $start = hrtime(true);
    try {
        return ask(Tier::Slave, $ask);
    } catch (Problem $problem) {
        $hasWaited = hrtime(true) - $start >= READ_TIMEOUT * 1e9;
        return $problem->status < 503 || $hasWaited ? throw $problem : ask(Tier::Slave, $ask);
    }
}

function connection(Tier $tier): \Redis
{
    [$host, $port] = address($tier);
    $redis = new \Redis();
    try {
        // Suppresses the warning of a failed name lookup, which precedes the exception and says the same.
        if (@$redis->pconnect($host, $port, CONNECT_TIMEOUT, null, 0, READ_TIMEOUT)) {
            $redis->setOption(\Redis::OPT_MAX_RETRIES, 0);
            return $redis;
        }
        $reason = 'no connection';
    } catch (\RedisException $error) {
        $reason = $error->getMessage();
    }
    throw away($tier, $reason);
}

/** Errors of Redis start with a word in capitals (LOADING, READONLY, OOM, MISCONF, …); all others are broken connections. */
function silence(Tier $tier, \RedisException $error): Problem
{
    $reason = $error->getMessage();
    if (preg_match('/^[A-Z]+ /', $reason) === 1) {
        return away($tier, $reason);
    }
    error_log("{$tier->value} did not answer: $reason");
    return new Problem(504, 'redis-silent', "{$tier->value} did not answer in time.", ['Retry-After' => '5']);
}

function refusal(Tier $tier, string $reason): Problem
{
    return str_contains($reason, 'WRONGTYPE')
        ? new Problem(409, 'not-text', 'This key contains something other than text.')
        : away($tier, $reason);
}

/** The reason only goes to the log: it may contain internal addresses. */
function away(Tier $tier, string $reason): Problem
{
    error_log("{$tier->value} cannot be used: $reason");
    return new Problem(503, 'redis-away', "{$tier->value} cannot be reached at the moment.", ['Retry-After' => '5']);
}
