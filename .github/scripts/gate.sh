#!/usr/bin/env bash
# Run by action.yml in the repository that uses it: reports the findings and the effects of the change, also as files in
# GITOPS_OUT. On a pull request, HEAD is the change merged into its base, and the policies and waivers of the base apply.
set -euo pipefail

gitops() { node "$GITOPS_HOME/dist/gitops.js" "$@"; }
# Do not treat a folder of the change that looks like a bare repository as one.
git() { command git -c safe.bareRepository=explicit "$@"; }

base=${GITOPS_BASE:-}
if [ -z "$base" ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
  base="origin/$GITHUB_BASE_REF"
  # By default, pull_request checks out a merge commit, whose first parent is the base.
  [ "$(git rev-parse HEAD)" != "${GITHUB_SHA:-}" ] || base='HEAD^1'
fi
if [ -n "$base" ] && ! git rev-parse --quiet --verify --end-of-options "$base^{commit}" >/dev/null; then
  echo "::error title=gitops::$base is not in this clone: set fetch-depth: 2 for actions/checkout, or 0 if it checks out a branch"
  exit 2
fi

targets=() check=() diff=()
while IFS= read -r line; do [ -z "$line" ] || { targets+=("$line") && diff+=(--target "$line"); }; done <<<"${GITOPS_TARGETS:-}"
[ -z "$base" ] || check+=(--base "$base" --judged-by "$base")
[ -z "${GITOPS_FAIL_ON:-}" ] || check+=(--fail-on "$GITOPS_FAIL_ON")
[ -z "$base" ] || [ "${GITOPS_NEW_ONLY:-}" != true ] || check+=(--new-only)
[ -z "${GITOPS_FAIL_ON_EFFECTS:-}" ] || diff+=(--fail-on "$GITOPS_FAIL_ON_EFFECTS")

# A report that could not be written is missing; standard error has the reason.
mkdir -p "$GITOPS_OUT"
out=$GITOPS_OUT status=0 code=0
gitops check ${targets[@]+"${targets[@]}"} ${check[@]+"${check[@]}"} -o pretty -o "json=$out/check.json" \
  -o "markdown=$out/check.md" -o "sarif=$out/gate.sarif" -o "github=$out/annotations.txt" || status=$?
[ -z "$base" ] || gitops diff "$base" HEAD ${diff[@]+"${diff[@]}"} -o pretty -o "json=$out/diff.json" \
  -o "markdown=$out/diff.md" || code=$?

[ ! -f "$out/annotations.txt" ] || cat "$out/annotations.txt"
for report in check diff; do
  [ ! -f "$out/$report.md" ] || cat "$out/$report.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
done
case ${GITHUB_REF:-} in
refs/pull/*/merge) number=${GITHUB_REF#refs/pull/} && echo "${number%/merge}" >"$out/pull-request" ;;
esac
exit "$((code > status ? code : status))"
