<?php
// Live: Apache and PHP respond. Redis is not contacted: restarting this container would not bring it back.
declare(strict_types=1);

namespace Guestbook;

require __DIR__ . '/../src/all.php';

answering(fn () => answer(['status' => 'alive']));
