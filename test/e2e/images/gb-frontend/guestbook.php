<?php
// The document's API: one value per key, which is always read and written as a whole.
header('Content-Type: application/json');
$fromEnvironment = getenv('GET_HOSTS_FROM') === 'env';
$isWrite = ($_GET['cmd'] ?? '') === 'set';
$tier = $isWrite ? 'master' : 'slave';
$host = $fromEnvironment ? (string) getenv('REDIS_' . strtoupper($tier) . '_SERVICE_HOST') : "redis-$tier";
$redis = new Redis();
$redis->connect($host, 6379, 5);
if ($isWrite) {
    $redis->set($_GET['key'], $_GET['value']);
    print('{"message": "Updated"}');
} else {
    print('{"data": "' . $redis->get($_GET['key']) . '"}');
}
