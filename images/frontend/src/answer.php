<?php
declare(strict_types=1);

namespace Guestbook;

/**
 * JSON with the same spaces as in the document's frontend: clients search for the text `{"message": "Updated"}`.
 *
 * @param array<string, string|int> $fields
 */
function json(array $fields): string
{
    $flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;
    $pairs = [];
    foreach ($fields as $name => $value) {
        $pairs[] = json_encode($name, $flags) . ': ' . json_encode($value, $flags);
    }
    return '{' . implode(', ', $pairs) . '}';
}

/**
 * Sends a response.
 *
 * @param array<string, string|int> $fields
 */
function answer(array $fields, int $status = 200, string $keep = 'no-store'): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    header("Cache-Control: $keep");
    echo json($fields);
}

/** Sends a value that browsers may cache, or 304 if it has not changed, which is the response to most requests. */
function answerData(string $value): void
{
    $tag = 'W/"' . hash('xxh128', $value) . '"';
    header("ETag: $tag");
    if (($_SERVER['HTTP_IF_NONE_MATCH'] ?? '') === $tag) {
        http_response_code(304);
        header('Cache-Control: no-cache');
        return;
    }
    answer(['data' => $value], keep: 'no-cache');
}

/**
 * Runs a function that sends the response, and reports its errors. The details of a bug only go to the log.
 *
 * @param callable(): void $run
 */
function answering(callable $run): void
{
    try {
        $run();
    } catch (Problem $problem) {
        foreach ($problem->headers as $name => $value) {
            header("$name: $value");
        }
        answer(['error' => $problem->getMessage(), 'code' => $problem->word], $problem->status);
    } catch (\Throwable $bug) {
        error_log((string) $bug);
        answer(['error' => 'The guestbook has a bug; see its log for details.', 'code' => 'internal'], 500);
    }
}
