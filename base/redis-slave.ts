import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IService } from "kubernetes-models/v1";
import { redisImage } from "./images.ts";
import { requests } from "./resources.ts";

const name = "redis-slave";
const labels = { app: "redis", role: "slave", tier: "backend" };

/** Read replicas of the master. */
export const deployment: IDeployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: "slave",
            image: redisImage,
            // The image of the original document chose its master in a script, by GET_HOSTS_FROM. The official image needs an
            // argument: components/discovery-env changes it together with the variable.
            // By default, Redis waits 60 seconds for a silent master, even if its pod is gone and the Service has another. A
            // live master sends a ping every 10 seconds.
            args: ["--replicaof", "redis-master", "6379", "--repl-timeout", "15"],
            resources: requests(),
            env: [{ name: "GET_HOSTS_FROM", value: "dns" }],
            ports: [{ containerPort: 6379 }],
          },
        ],
      },
    },
  },
};

/** Balances reads across the slaves. */
export const service: IService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, labels },
  spec: { ports: [{ port: 6379 }], selector: labels },
};
