<?php
declare(strict_types=1);

namespace Guestbook;

/** The two Redis Services: all writes go to the one, all reads to the other. */
enum Tier: string
{
    case Master = 'redis-master';
    case Slave = 'redis-slave';
}

/**
 * Where a tier is, as GET_HOSTS_FROM says. `dns`, which is the default: the host is the Service's name. `env`: Kubernetes put the
 * address of every Service that there was before this pod into its environment, under the Service's name.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 *
 * @return array{string, int} host and port
 * @throws Problem 500 where the environment does not say
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
        "{$service}_HOST is not set: with GET_HOSTS_FROM=env, the Service {$tier->value} must be there before this pod.",
    );
    return [$host, (int) (variable("{$service}_PORT") ?? 6379)];
}

/** A variable of the process, never of the request; null where it is not set or empty. */
function variable(string $name): ?string
{
    $value = getenv($name, true);
    return $value === false || $value === '' ? null : $value;
}
