#!/usr/bin/env bash
# Runs the tests against real servers of its own.
#   ./test.sh                    everything but the tests marked Category=Long
#   ./test.sh Long               those too
#   ./test.sh Billing            the projects, else the tests, whose name contains it (several: any of them)
#   ./test.sh Chaos --minutes 30 --seed 7    the certificate: so many minutes of faults, the same for the same seed
# The last line is "N passed, N failed" (", N skipped"); the exit code is 0 only when tests ran and none failed.
set -euo pipefail
root=$(dirname "$(readlink -f "$0")")
cd "$root"

long=0
filters=()
while (($#)); do
  case $1 in
    Long) long=1 ;;
    --minutes | --seed)
      [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "$1 takes a whole number" >&2; exit 2; }
      export "CHAOS_$(tr a-z A-Z <<<"${1#--}")=$2"
      shift ;;
    *) filters+=("$1") ;;
  esac
  shift
done
# After which a hanging assembly is ended and counts as failed.
readonly ASSEMBLY_SECONDS=$((long ? 7200 : 1500 + 60 * ${CHAOS_MINUTES:-0}))
readonly AT_ONCE=2
# Those that take long begin first, so that the others fill what is left beside them. The scenarios are the last of
# them, for they make promises about time: what runs beside them waits more than it computes.
readonly LONG_ONES=(
  LlmPlatform.{Chaos,Edge.Tests,Billing.Tests,Metering.Tests,Hosting.Tests,Alerting.Tests,Scenarios})

work=$(mktemp -d)
passed=0 failed=0 skipped=0

clean_up() {
  trap - EXIT
  trap '' INT TERM
  local run
  # Those that ended are no longer ours to name.
  for run in $(jobs -pr); do kill "$run" 2>/dev/null || true; done
  scripts/servers.sh remove "$work/servers" || true
  rm -rf "$work"
}

matches_filter() {
  local filter
  for filter in "${filters[@]}"; do [[ ${1,,} == *"${filter,,}"* ]] && return 0; done
  return 1
}

# The test projects to run, and whether the filter picks whole projects or tests inside them all.
choose_projects() {
  local project
  projects=("${LONG_ONES[@]}") filter_tests=()
  for project in tests/*/*.csproj; do
    project=$(basename "$project" .csproj)
    if [[ $project == *.Tests && " ${LONG_ONES[*]} " != *" $project "* ]]; then projects+=("$project"); fi
  done
  ((${#filters[@]})) || return 0
  local chosen=()
  for project in "${projects[@]}"; do
    if matches_filter "${project#LlmPlatform.}"; then chosen+=("$project"); fi
  done
  if ((${#chosen[@]})); then
    projects=("${chosen[@]}")
  else
    for project in "${filters[@]}"; do filter_tests+=(-method "*$project*"); done
  fi
}

# install_packages <project> <folder> <name>: the npm packages a project's tests use, into artifacts/<name>.
install_packages() {
  local source=tests/$1/$2 home=artifacts/$3
  [[ " ${projects[*]} " == *" $1 "* ]] || return 0
  mkdir -p "$home"
  (
    flock 7
    cp -r "$source/." "$home/"
    cmp -s "$home/package.json" "$home/installed.json" && exit
    echo "installing the npm packages of $source"
    (cd "$home" && npm install --no-package-lock --no-audit --no-fund --loglevel=error </dev/null >npm.log 2>&1) ||
      { tail -20 "$home/npm.log" >&2; exit 1; }
    cp "$home/package.json" "$home/installed.json"
  ) 7>>"${TMPDIR:-/tmp}/llm-platform-$3-$(pwd -P | sha256sum | cut -c1-16).lock"
}

# Whatever the tests need besides the build; waits for the network and for servers more than it computes.
prepare_servers() {
  scripts/servers.sh install node:nodejs npm:npm
  install_packages LlmPlatform.Scenarios sdk sdk
  install_packages LlmPlatform.Billing.Tests clickhouse clickhouse   # 540 MB: ClickHouse as a library
  SERVERS_EPHEMERAL=1 scripts/servers.sh start "$work/servers" --parent $$
}

run_project() {
  local project=$1 name=${1#LlmPlatform.} options=(-xml "$work/$1.xml" -noColor -noLogo "${filter_tests[@]}")
  local began=$SECONDS code=0
  ((long)) || options+=(-trait- Category=Long)
  timeout --kill-after=10 "$ASSEMBLY_SECONDS" dotnet "artifacts/bin/$project/release/$project.dll" "${options[@]}" \
    </dev/null >"$work/$project.log" 2>&1 &
  trap "kill $! 2>/dev/null; exit 1" TERM
  wait $! || code=$?
  # No report: the assembly crashed or was ended, and what it would have said is not known.
  if ! grep -q '<assembly ' "$work/$project.xml" 2>/dev/null; then
    { ((code == 124 || code == 137)) && echo "ended after $ASSEMBLY_SECONDS s"; tail -25 "$work/$project.log"; } \
      >"$work/$project.crash"
  fi
  local summary
  summary=$(summary_of "$project")
  # A search for a test by name looks into every project.
  if [[ $summary == "0 passed, 0 failed" ]] && ((${#filter_tests[@]})); then return; fi
  echo "$name: $summary, $((SECONDS - began)) s"
}

# count_of <project> <attribute>: from the report's <assembly> element.
count_of() { sed -n "s/.*<assembly [^>]* $2=\"\([0-9]*\)\".*/\1/p" "$work/$1.xml" 2>/dev/null | head -1; }

summary_of() {
  if [[ -s $work/$1.crash ]]; then echo "no report"; return; fi
  local p f s
  p=$(count_of "$1" passed) f=$(($(count_of "$1" failed) + $(count_of "$1" errors))) s=$(count_of "$1" skipped)
  echo "$p passed, $f failed$( ((s == 0)) || echo ", $s skipped")"
}

run_all() {
  local project waiting=0
  for project in "${projects[@]}"; do
    if ((waiting == AT_ONCE)); then wait -n; waiting=$((waiting - 1)); fi
    run_project "$project" &
    waiting=$((waiting + 1))
  done
  wait
}

count_all() {
  local project
  for project in "${projects[@]}"; do
    if [[ -s $work/$project.crash ]]; then
      failed=$((failed + 1))
    else
      passed=$((passed + $(count_of "$project" passed)))
      failed=$((failed + $(count_of "$project" failed) + $(count_of "$project" errors)))
      skipped=$((skipped + $(count_of "$project" skipped)))
    fi
  done
}

print_failures() {
  local project
  ((failed)) || return 0
  echo
  echo "Failures:"
  for project in "${projects[@]}"; do
    if [[ -s $work/$project.crash ]]; then
      echo "--- $project gave no report:"
      cat "$work/$project.crash"
    elif grep -q '\[FAIL\]\|\[ERROR\]' "$work/$project.log"; then
      echo "--- $project"
      grep -v '^  *\(Discover\|Start\|Finish\)' "$work/$project.log"
    fi
  done
}

choose_projects
trap clean_up EXIT
trap 'clean_up; exit 130' INT TERM
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_TieredPGO=0   # a test runs too briefly to win back what instrumented code costs
prepare_servers &
preparing=$!
scripts/build.sh all
wait "$preparing"
set -a
source "$work/servers/servers.env"
set +a
export LLM_PLATFORM_SERVERS=$work/servers CHAOS_CERTIFICATE=$work/certificate

run_all
count_all
print_failures
if [[ -s $work/certificate ]]; then cat "$work/certificate"; fi
if ((passed + failed == 0)); then echo "no test matches ${filters[*]}"; fi
echo "$passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped")"
((failed == 0 && passed > 0))
