#!/usr/bin/env bash
# publish-rendered.sh BRANCH: updates a branch that contains only the rendered manifests of all targets. It commits only if the
# manifests changed; the message names the source commit.
set -euo pipefail
branch=$1
source=$(git rev-parse HEAD)
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder"' EXIT

# Git gets the token only while it talks to the remote, and the renderer never gets it.
token=${GITHUB_TOKEN:-}
unset GITHUB_TOKEN
remotely() {
  if [ -n "$token" ]; then
    local basic
    basic=$(printf 'x-access-token:%s' "$token" | base64 | tr -d '\n')
    GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader" GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $basic" git "$@"
  else
    git "$@"
  fi
}

there=0
remotely ls-remote --quiet --exit-code origin "refs/heads/$branch" >/dev/null || there=$?
if [ "$there" = 0 ]; then
  remotely fetch --quiet --depth 1 origin "+refs/heads/$branch:refs/remotes/origin/$branch"
  git worktree add --quiet --detach "$folder" "origin/$branch"
elif [ "$there" != 2 ]; then
  exit "$there"
else
  git worktree add --quiet --detach --no-checkout "$folder" "$source"
  git -C "$folder" checkout --quiet --orphan "rendered-$$"
fi
git -C "$folder" rm -r --quiet --force --ignore-unmatch .

npm run -s render -- --out "$folder" --layout folder
git -C "$folder" add --all
if git -C "$folder" rev-parse --quiet --verify HEAD >/dev/null && git -C "$folder" diff --cached --quiet; then
  echo "$branch is up to date with $source"
  exit
fi
git -C "$folder" -c user.name="${GIT_AUTHOR_NAME:-github-actions[bot]}" \
  -c user.email="${GIT_AUTHOR_EMAIL:-41898282+github-actions[bot]@users.noreply.github.com}" \
  commit --quiet --message "$(git log -1 --format=%s)" --message "Rendered from $source"
# This does not overwrite a newer commit: the next run renders the newer state.
remotely -C "$folder" push --quiet origin "HEAD:refs/heads/$branch"
echo "$branch has the manifests rendered from $source"
