#!/usr/bin/env node
// pin-image.mjs NAME TAG DIGEST: makes components/frontend-image use exactly this image, and lists its name in
// policies/contracts.yaml, because a fork has its own name. Comments and everything else stay unchanged.
import { readFileSync, writeFileSync } from "node:fs";

const [name = "", tag = "", digest = ""] = process.argv.slice(2);
demand(/^ghcr\.io\/[a-z0-9][a-z0-9-]*\/frontend$/, name, "name");
demand(/^\d+\.\d+\.\d+-\d+$/, tag, "tag");
demand(/^sha256:[0-9a-f]{64}$/, digest, "digest");

// The tag is only a comment: with a digest, kustomize 4 drops the tag and kustomize 5 keeps it, and both must agree.
edit("components/frontend-image/kustomization.yaml", [
  [/newName: \S+/, `newName: ${name}`],
  [/(?:newTag: \S+|digest: \S+ # \S+)/, `digest: ${digest} # ${tag}`],
]);
edit("policies/contracts.yaml", [[/image: ghcr\.io\/\S+\/frontend/, `image: ${name}`]]);

function demand(pattern, value, what) {
  if (pattern.test(value)) return;
  console.error(`pin-image: ${JSON.stringify(value)} is not a valid ${what} for the guestbook's frontend`);
  process.exit(2);
}

function edit(file, changes) {
  let text = readFileSync(file, "utf8");
  for (const [pattern, value] of changes) {
    if (!pattern.test(text)) {
      console.error(`pin-image: ${file} does not match ${pattern}`);
      process.exit(2);
    }
    text = text.replace(pattern, () => value);
  }
  writeFileSync(file, text);
}
