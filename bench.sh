#!/usr/bin/env bash
# Measures the platform beside its peers in one run, over loopback alone: ./bench.sh --help. JSON lines while it measures, then a table
# with medians, spreads and ratios. Two cores: the contender has the second, the rig and all servers the first.
set -euo pipefail
root=$(dirname "$(readlink -f "$0")")
cd "$root"
[[ ${1:-} != -h && ${1:-} != --help ]] || { exec dotnet run --project tests/LlmPlatform.Bench -c Release --no-launch-profile -- help; }
scripts/servers.sh install nginx:nginx taskset:util-linux go:golang-go node:nodejs npm:npm
scripts/build.sh all
export DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1
verb=run
case ${1:-} in books | spool | growth) verb=$1; shift ;; esac
exec taskset -c 0 dotnet artifacts/bin/LlmPlatform.Bench/release/LlmPlatform.Bench.dll "$verb" --root "$root" "$@"
