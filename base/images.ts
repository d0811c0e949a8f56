/**
 * The official image, on which the images of the original document (`redis:e2e`, `gb-redisslave:v1`, both long gone from
 * their registry) were built. A full version, so that a commit always runs the same program; Alpine, for a third of the size.
 * `components/hardened` depends on the user of the Alpine variant.
 */
export const redisImage = "redis:8.8.3-alpine";

/** The frontend of the original document. `components/frontend-image` replaces it with this repository's own. */
export const frontendImage = "gcr.io/google-samples/gb-frontend:v4";
