<?php
declare(strict_types=1);

namespace Guestbook;

/** An error that is reported to the visitor: an HTTP status, a stable code for programs, and a sentence for people. */
final class Problem extends \RuntimeException
{
    /** @param array<string, string> $headers of the response */
    public function __construct(
        public readonly int $status,
        public readonly string $word,
        string $sentence,
        public readonly array $headers = [],
    ) {
        parent::__construct($sentence);
    }
}
