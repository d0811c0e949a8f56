#!/usr/bin/env node
// pin-image.mjs NAME TAG DIGEST: makes components/frontend-image use exactly this image, and tells the gate that
// it is this repository's frontend, where a fork has another name for it. Comments and everything else stay as they are.
import { readFileSync, writeFileSync } from "node:fs";

const [name = "", tag = "", digest = ""] = process.argv.slice(2);
demand(/^ghcr\.io\/[a-z0-9][a-z0-9-]*\/frontend$/, name, "a name");
demand(/^\d+\.\d+\.\d+-\d+$/, tag, "a tag");
demand(/^sha256:[0-9a-f]{64}$/, digest, "a digest");

// The tag is for people: kustomize 4 drops it where there is a digest, kustomize 5 keeps it, and the two must agree.
edit("components/frontend-image/kustomization.yaml", [
  [/newName: \S+/, `newName: ${name}`],
  [/(?:newTag: \S+|digest: \S+ # \S+)/, `digest: ${digest} # ${tag}`],
]);
edit("policies/contracts.yaml", [[/image: ghcr\.io\/\S+\/frontend/, `image: ${name}`]]);

function demand(pattern, value, what) {
  if (pattern.test(value)) return;
  console.error(`pin-image: ${JSON.stringify(value)} is not ${what} of the guestbook's frontend`);
  process.exit(2);
}

function edit(file, changes) {
  let text = readFileSync(file, "utf8");
  for (const [pattern, value] of changes) {
    if (!pattern.test(text)) {
      console.error(`pin-image: ${file} has nothing like ${pattern}`);
      process.exit(2);
    }
    text = text.replace(pattern, () => value);
  }
  writeFileSync(file, text);
}
