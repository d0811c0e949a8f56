<?php
// Visitors inside the cluster. The job comes on standard input (its shape: visitor.ts). Each client is its own process and
// makes one request after the other, each on a new connection, so that the Service can choose another pod.
declare(strict_types=1);

const PATIENCE = 15.0;

$job = json_decode((string) stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
isset($job['requests']) ? answerAll($job['requests']) : load($job);

/** Makes requests one after the other, and prints all answers as JSON. */
function answerAll(array $requests): void
{
    $answers = array_map(
        fn (array $request) => str_starts_with($request['url'], 'tcp:')
            ? knock($request['url'])
            : ask($request['url'], $request['body'] ?? null),
        $requests,
    );
    print(json_encode($answers, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE));
}

/** @return array{status: int, body: string, ms: float} status 0 means no answer, or an incomplete one */
function ask(string $url, ?array $body = null): array
{
    $options = ['timeout' => PATIENCE, 'ignore_errors' => true, 'header' => 'Connection: close'];
    if ($body !== null) {
        $type = 'Content-Type: application/x-www-form-urlencoded';
        $options = [...$options, 'method' => 'POST', 'content' => http_build_query($body), 'header' => $type];
    }
    $start = hrtime(true);
    error_clear_last();
    $text = @file_get_contents($url, false, stream_context_create(['http' => $options]));
    $ms = round((hrtime(true) - $start) / 1e6, 1);
    $headers = $http_response_header ?? [];
    if ($text === false || $headers === []) {
        return ['status' => 0, 'body' => error_get_last()['message'] ?? 'no answer', 'ms' => $ms];
    }
    $length = preg_filter('/^content-length: */i', '', $headers);
    $isCut = $length !== [] && (int) end($length) !== strlen($text);
    return ['status' => $isCut ? 0 : (int) substr($headers[0], 9, 3), 'body' => $text, 'ms' => $ms];
}

/** Status 1 if the connection is accepted. */
function knock(string $address): array
{
    $start = hrtime(true);
    $socket = @stream_socket_client($address, $code, $message, 3.0);
    return ['status' => $socket === false ? 0 : 1, 'body' => $message, 'ms' => round((hrtime(true) - $start) / 1e6, 1)];
}

/** Runs all clients at once. Each prints one line per request: client, number, status, milliseconds, error. */
function load(array $job): void
{
    for ($client = 0; $client < $job['clients']; $client++) {
        if (pcntl_fork() === 0) {
            clientOf($job, $client);
            exit;
        }
    }
    while (pcntl_wait($status) > 0);
}

function clientOf(array $job, int $client): void
{
    for ($i = 0; $i < ($job['each'] ?? PHP_INT_MAX) && !isOver($job); $i++) {
        $url = $job['urls'][($client + $i) % count($job['urls'])];
        $answer = once($job['way'], $url, $job['key'], "c$client-$i");
        $error = $answer['status'] === 200 ? '' : preg_replace('/\s+/', ' ', substr($answer['body'], 0, 200));
        // One short write per line: a pipe takes it whole, so lines of different clients do not mix.
        fwrite(STDOUT, "$client $i {$answer['status']} {$answer['ms']} $error\n");
        usleep(($job['pause'] ?? 0) * 1000);
    }
}

function isOver(array $job): bool
{
    clearstatcache();
    return isset($job['until']) && file_exists($job['until']);
}

function once(string $way, string $url, string $key, string $entry): array
{
    return match ($way) {
        'read' => read($url, $key),
        'append' => ask("$url?cmd=append&key=$key", ['value' => $entry]),
        'seed' => writeBack($url, $key, $entry),
    };
}

function read(string $url, string $key): array
{
    $answer = ask("$url?cmd=get&key=$key");
    $isWhole = $answer['status'] !== 200 || is_string(json_decode($answer['body'], true)['data'] ?? null);
    return $isWhole ? $answer : [...$answer, 'status' => 0];
}

/** Writes with the document's method: read the list, add the entry, write the list back. */
function writeBack(string $url, string $key, string $entry): array
{
    $answer = read($url, $key);
    if ($answer['status'] !== 200) {
        return $answer;
    }
    $list = json_decode($answer['body'], true)['data'] . ",$entry";
    return ask("$url?cmd=set&key=$key&value=" . rawurlencode($list));
}
