import { type Container, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { isLasting, runningIn } from "./containers.ts";
import { commandWords } from "./contracts.ts";
import { imageOf } from "./images.ts";

/** The last part of the names of data store images, with the programs in them that store data. */
const stores: Readonly<Record<string, readonly string[]>> = {
  cassandra: ["cassandra"],
  "clickhouse-server": ["clickhouse-server"],
  cockroach: ["start", "start-single-node"],
  couchdb: ["couchdb"],
  elasticsearch: ["elasticsearch"],
  etcd: ["etcd"],
  influxdb: ["influxd"],
  keydb: ["keydb-server"],
  mariadb: ["mariadbd", "mysqld"],
  minio: ["server"],
  mongo: ["mongod"],
  mongodb: ["mongod"],
  mysql: ["mysqld"],
  neo4j: ["neo4j"],
  opensearch: ["opensearch"],
  postgis: ["postgres"],
  postgres: ["postgres"],
  postgresql: ["postgres"],
  redis: ["redis-server"],
  timescaledb: ["postgres"],
  valkey: ["valkey-server"],
  zookeeper: ["zkServer.sh"],
};

/** The containers of a resource that run a data store, with or without a volume. */
export function dataStoresIn(resource: Resource): Container[] {
  if (podOf(resource) === undefined || !isLasting(resource)) return [];
  return runningIn(resource).filter((container) => runsStore(container));
}

/** Clients and watchers (`pg_dump`, `redis-sentinel`) are in the same images: the command decides. */
function runsStore(container: Container): boolean {
  const { image, command } = container.object;
  if (typeof image !== "string") return false;
  const name = imageOf(image).repository.split("/").at(-1) ?? "";
  const programs = Object.hasOwn(stores, name) ? stores[name] : undefined;
  if (programs === undefined) return false;
  const words = commandWords(container).flatMap(({ word }) => word.split(/[\s;&|/]+/));
  if (words.some((word) => programs.includes(word))) return true;
  const [first] = commandWords(container);
  return command === undefined && (first === undefined || /^-|\.conf$/.test(first.word));
}
