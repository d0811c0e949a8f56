<?php
declare(strict_types=1);

namespace Guestbook;

/** Seconds until a Redis that does not answer counts as away. The readiness probe waits longer than both together, and one again. */
const CONNECT_TIMEOUT = 1.0;
const READ_TIMEOUT = 1.5;

/**
 * Asks a tier of Redis, over a connection that this process keeps: php-redis tries it before it is used again, so that a Redis that
 * was restarted is found at once, and no command is ever sent twice but by again().
 *
 * @param callable(\Redis): mixed $ask
 * @throws Problem 503 where nothing was done; 504 where the answer did not come, so that it may have been
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
 * Asks the slaves what changes nothing, once more where no answer was waited for: the slave has just gone, and the Service has
 * another. Two visitors' patience is not spent on one that is stuck.
 *
 * @param callable(\Redis): mixed $ask
 * @throws Problem as ask()
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
        // A warning of the name lookup comes before the exception, and says the same.
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

/** Redis speaks in capitals when it refuses (LOADING, READONLY, OOM, MISCONF, …); everything else is a connection that broke. */
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
        ? new Problem(409, 'not-text', 'This key holds something other than text.')
        : away($tier, $reason);
}

/** The log has the reason: it may name addresses that are not a visitor's business. */
function away(Tier $tier, string $reason): Problem
{
    error_log("{$tier->value} cannot be used: $reason");
    return new Problem(503, 'redis-away', "{$tier->value} cannot be reached at the moment.", ['Retry-After' => '5']);
}
