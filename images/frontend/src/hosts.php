<?php
declare(strict_types=1);

namespace Guestbook;

/** The two Redis Services: all writes go to the first, all reads to the second. */
enum Tier: string
{
    case Master = 'redis-master';
    case Slave = 'redis-slave';
}

/**
 * The address of a tier, according to GET_HOSTS_FROM. With `dns`, the default, the host is the name of the Service. With `env`,
 * it is in the environment variables that Kubernetes sets for every Service that existed before this pod.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 *
 * @return array{string, int} host and port
 * @throws Problem 500 if a variable is missing or invalid
 */
function address(Tier $tier): array
{
    $from = variable('GET_HOSTS_FROM') ?? 'dns';
    return match ($from) {
        'dns' => [$tier->value, 6379],
        'env' => environmentAddress($tier),
        default => throw new Problem(500, 'misconfigured', "GET_HOSTS_FROM is \"$from\": it must be dns or env."),
    };
}

/** @return array{string, int} */
function environmentAddress(Tier $tier): array
{
    $service = strtoupper(strtr($tier->value, '-', '_')) . '_SERVICE';
    $host = variable("{$service}_HOST") ?? throw new Problem(
        500,
        'misconfigured',
        "{$service}_HOST is not set: with GET_HOSTS_FROM=env, the Service {$tier->value} must exist before this pod is created.",
    );
    return [$host, (int) (variable("{$service}_PORT") ?? 6379)];
}

/** An environment variable of the process, never of the request; null if it is not set or empty. */
function variable(string $name): ?string
{
    $value = getenv($name, true);
    return $value === false || $value === '' ? null : $value;
}
