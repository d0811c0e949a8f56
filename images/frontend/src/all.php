<?php
declare(strict_types=1);

foreach (['problem', 'answer', 'request', 'hosts', 'redis', 'commands'] as $file) {
    require __DIR__ . "/$file.php";
}
