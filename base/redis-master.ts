import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IService } from "kubernetes-models/v1";
import { redisImage } from "./images.ts";
import { requests } from "./resources.ts";

const name = "redis-master";
const labels = { app: "redis", role: "master", tier: "backend" };

/** One replica: Redis accepts writes in one place only. */
export const deployment: IDeployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [{ name: "master", image: redisImage, resources: requests(), ports: [{ containerPort: 6379 }] }],
      },
    },
  },
};

/** The stable address of the master. */
export const service: IService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, labels },
  spec: { ports: [{ port: 6379, targetPort: 6379 }], selector: labels },
};
