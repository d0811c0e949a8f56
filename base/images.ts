/**
 * The official image, which the document's own (`redis:e2e`, `gb-redisslave:v1`, both long gone from their registry) were
 * built on. A full version, so that the same commit always runs the same program; Alpine, for a third of the size.
 * `components/hardened` knows the user that this flavour runs as.
 */
export const redisImage = "redis:8.8.3-alpine";

/** The document's frontend. `components/frontend-image` puts this repository's own in its place. */
export const frontendImage = "gcr.io/google-samples/gb-frontend:v4";
