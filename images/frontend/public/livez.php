<?php
// Alive: Apache and PHP answer. Redis is not asked: no restart of this container would bring it back.
declare(strict_types=1);

namespace Guestbook;

require __DIR__ . '/../src/all.php';

answering(fn () => answer(['status' => 'alive']));
