#!/usr/bin/env bash
# Builds Release once, and does nothing when no source has changed since: a build that finds nothing to do still costs
# seconds. Two builds of the same clone wait for each other. Packages that every process would compile anew at its start
# are compiled to machine code, once for each of their versions.
#   build.sh hosts    what run.sh starts
#   build.sh all      the tests too
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
target=${1:-all}
readonly AHEAD=(MassTransit MassTransit.Abstractions MassTransit.RabbitMqTransport RabbitMQ.Client Npgsql
  Npgsql.EntityFrameworkCore.PostgreSQL Microsoft.EntityFrameworkCore Microsoft.EntityFrameworkCore.Relational)

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

# Did it not end, it would by itself after ten idle minutes.
stop_compiler() {
  dotnet "$(sdk_folder)/Roslyn/bincore/VBCSCompiler.dll" -shutdown "-pipename:$1" >/dev/null 2>&1 || true
}

sdk_folder() { dotnet --list-sdks | sed -n "s/^$(dotnet --version) \[\(.*\)\]$/\1\/$(dotnet --version)/p"; }

# The folder of a framework's newest version of this release: framework_folder Microsoft.NETCore.App
framework_folder() {
  dotnet --list-runtimes | sed -n "s/^$1 \(10\.[^ ]*\) \[\(.*\)\]$/\2\/\1/p" | tail -1
}

# The hosts' and tests' copies of the large packages, each made from the same package but once. What was put in the place
# of a copy is known by its hash, as the copy is.
compile_ahead() {
  local machine tool done=artifacts/ahead assembly hash
  case $(uname -m) in x86_64) machine=x64 ;; aarch64) machine=arm64 ;; *) return 1 ;; esac
  dotnet restore scripts/crossgen.proj -v q -nologo -p:CrossgenPlatform="linux-$machine" || return 1
  tool=$(dotnet msbuild scripts/crossgen.proj -t:PrintCrossgen -nologo -p:CrossgenPlatform="linux-$machine" | xargs)
  mkdir -p "$done"
  for assembly in "${AHEAD[@]/%/.dll}"; do
    for assembly in artifacts/bin/LlmPlatform.*/release/"$assembly"; do
      [[ -e $assembly ]] || continue
      hash=$(sha256sum <"$assembly" | cut -c1-32)
      [[ ! -e $done/$hash.made ]] || continue
      [[ -e $done/$hash.dll ]] || compile_assembly "$assembly" "$done/$hash.dll" || return 1
      cp "$done/$hash.dll" "$assembly"
    done
  done
}

# compile_assembly <assembly> <to>
compile_assembly() {
  "$tool" "$1" -o "$2.new" -O --targetos linux --targetarch "$machine" -r "${1%/*}/*.dll" \
    -r "$(framework_folder Microsoft.NETCore.App)/*.dll" -r "$(framework_folder Microsoft.AspNetCore.App)/*.dll" ||
    return 1
  mv "$2.new" "$2"
  : >"${2%/*}/$(sha256sum <"$2" | cut -c1-32).made"
}

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
# No build node stays behind, and the compiler server is this build's own.
compiler=llm-platform-build-$$
trap 'stop_compiler "$compiler"' EXIT
if ! dotnet build "$project" -c Release -v q -nologo -nodeReuse:false -p:UseSharedCompilation=true \
  -p:SharedCompilationId="$compiler" >"$log" 2>&1 9>&- </dev/null; then
  grep -E 'error [A-Z]+[0-9]+' "$log" | sort -u | head -40 >&2 || tail -40 "$log" >&2
  echo "build.sh: the build failed; its log is $log" >&2
  exit 1
fi
stop_compiler "$compiler"
compile_ahead >>"$log" 2>&1 9>&- </dev/null || echo "packages are not compiled ahead, so starts take longer; see $log"
# The fingerprint taken before: what was edited meanwhile is built again next time.
echo "$before" >"artifacts/built-$target"
echo "$before_hosts" >artifacts/built-hosts
