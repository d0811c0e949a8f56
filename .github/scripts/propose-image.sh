#!/usr/bin/env bash
# propose-image.sh NAME TAG DIGEST: commits the changes of pin-image.mjs to a branch that is replaced each time, and opens a pull
# request if there is none yet. The repository must allow this: Settings, Actions, General, "Allow GitHub Actions to create and
# approve pull requests".
set -euo pipefail

branch=images/frontend
title="Pin frontend $2"
body="\`$1:$2\` is \`$3\`, built and signed by [this run]($GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID)."

if git diff --quiet; then
  echo "nothing to pin: $3 is already pinned"
  exit 0
fi
git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
git commit --quiet --all --message "$title"
gh auth setup-git
git push --force "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "HEAD:refs/heads/$branch"
if [ -z "$(gh pr list --head "$branch" --json number --jq '.[].number')" ]; then
  gh pr create --base main --head "$branch" --title "$title" --body "$body"
else
  gh pr edit "$branch" --title "$title" --body "$body"
fi
