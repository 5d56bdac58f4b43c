#!/usr/bin/env bash
# Builds Release once, and does nothing when no source has changed since: a build that finds nothing to do still costs
# seconds. Two builds of the same clone wait for each other.
#   build.sh hosts    what run.sh starts
#   build.sh all      the tests too
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
target=${1:-all}

command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.' ||
  { echo "build.sh: the .NET 10 SDK is not installed; see https://dotnet.microsoft.com/download" >&2; exit 1; }

# The sources as they are now: names, sizes and times of change.
fingerprint() {
  local folders=(services shared)
  [[ $1 == hosts ]] || folders+=(tests)
  {
    dotnet --version
    find "${folders[@]}" -name node_modules -prune -o -type f -printf '%p %s %T@\n'
    stat -c '%n %s %Y' ./*.props ./*.sln global.json BannedSymbols.txt
  } | sort | sha256sum
}

is_built() { [[ -s artifacts/built-$1 && $(<"artifacts/built-$1") == "$(fingerprint "$1")" ]]; }

mkdir -p artifacts
lock=${TMPDIR:-/tmp}/llm-platform-build-$(pwd -P | sha256sum | cut -c1-16).lock
exec 9>>"$lock"
flock 9
is_built "$target" && exit

echo "building"
case $target in
  hosts) project=scripts/hosts.proj ;;
  all) project=LlmPlatform.sln ;;
  *) echo "build.sh: build what? hosts or all" >&2; exit 2 ;;
esac
before=$(fingerprint "$target")
before_hosts=$(fingerprint hosts)
log=artifacts/build-$target.log
# No build node or compiler server stays behind.
if ! dotnet build "$project" -c Release -v q -nologo -nodeReuse:false -p:UseSharedCompilation=false \
  >"$log" 2>&1 9>&- </dev/null; then
  grep -E 'error [A-Z]+[0-9]+' "$log" | sort -u | head -40 >&2 || tail -40 "$log" >&2
  echo "build.sh: the build failed; its log is $log" >&2
  exit 1
fi
# The fingerprint taken before: what was edited meanwhile is built again next time.
echo "$before" >"artifacts/built-$target"
echo "$before_hosts" >artifacts/built-hosts
