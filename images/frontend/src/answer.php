<?php
declare(strict_types=1);

namespace Guestbook;

/**
 * JSON spaced as the document's frontend spaces it: clients look for `{"message": "Updated"}` as text.
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
 * Sends an answer.
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

/** Sends a value that browsers may keep, or only that it has not changed: most visitors only want to know that. */
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
 * Runs what answers, and says what went wrong where it does. The reason of a bug goes to the log alone.
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
        answer(['error' => 'The guestbook made a mistake; its log says which.', 'code' => 'internal'], 500);
    }
}
