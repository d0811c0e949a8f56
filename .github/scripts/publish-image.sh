#!/usr/bin/env bash
# publish-image.sh ARCHIVE NAME: pushes an OCI archive with all its architectures to the registry of the repository's owner, and
# signs the image by its digest. Sets name, tag and digest as outputs of the step.
# https://docs.sigstore.dev/cosign/signing/overview/
set -euo pipefail

archive=$1
image=ghcr.io/${GITHUB_REPOSITORY_OWNER,,}/$2
# Every run has its own number, so a tag never points to another image.
tag=$(node --print 'require("./package.json").version')-$GITHUB_RUN_NUMBER

docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin <<<"$TOKEN"
skopeo copy --all --digestfile "$RUNNER_TEMP/digest" "oci-archive:$archive" "docker://$image:$tag"
digest=$(<"$RUNNER_TEMP/digest")
cosign sign --yes "$image@$digest"
printf '%s\n' "name=$image" "tag=$tag" "digest=$digest" >>"$GITHUB_OUTPUT"
