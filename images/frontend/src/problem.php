<?php
declare(strict_types=1);

namespace Guestbook;

/** What a visitor is told when something cannot be done: an HTTP status, a stable word for programs, a sentence for people. */
final class Problem extends \RuntimeException
{
    /** @param array<string, string> $headers of the answer */
    public function __construct(
        public readonly int $status,
        public readonly string $word,
        string $sentence,
        public readonly array $headers = [],
    ) {
        parent::__construct($sentence);
    }
}
