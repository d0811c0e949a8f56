<?php
// Ready: entries can be read. The master is not contacted: while it is away, there are still old entries to show.
declare(strict_types=1);

namespace Guestbook;

require __DIR__ . '/../src/all.php';

answering(function (): void {
    ask(Tier::Slave, fn (\Redis $redis) => $redis->ping());
    answer(['status' => 'ready']);
});
