<?php
declare(strict_types=1);

namespace Guestbook;

require __DIR__ . '/../src/all.php';

answering(function (): void {
    bounded();
    command(parameter('cmd'));
});
