#!/usr/bin/env bash
# Private PostgreSQL, RabbitMQ, Redis and ClickHouse servers on loopback, without a service manager.
# run.sh, test.sh and the tests (TestServers) all use this one script.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"

usage() {
  cat >&2 <<'TEXT'
usage: servers.sh install [command:package...]            the servers, and packages that give these commands
       servers.sh start  <dir> [name...] [--parent PID]   name: postgres rabbitmq redis clickhouse (all when none)
       servers.sh stop   <dir> [name...]                  gracefully, then by force; all of them when none is named
       servers.sh kill   <dir> <name>                     kill -9, for chaos tests
       servers.sh remove <dir>                            ends them at once and deletes their data
       servers.sh status <dir>
       servers.sh vhosts <dir> <vhost>...                 creates RabbitMQ virtual hosts
       servers.sh rabbitmqctl <dir> <argument>...

start is idempotent: what runs is left alone, and a server that is started again keeps its port and its data.
It writes <dir>/servers.env. A server whose LLM_PLATFORM_<NAME> is set in the environment is not started; the value
is passed through. With --parent the servers stop when process PID is gone.
SERVERS_EPHEMERAL=1 trades durability for speed (tests), and then --parent also deletes <dir>.
TEXT
  exit 2
}

readonly ALL_SERVERS=(rabbitmq postgres clickhouse redis)   # the slowest starts first
readonly START_SECONDS=${SERVERS_START_SECONDS:-120}        # how long a server may take until it answers
readonly STOP_SECONDS=${SERVERS_STOP_SECONDS:-20}           # how long it may take to stop before it is killed
readonly EPHEMERAL=${SERVERS_EPHEMERAL:-0}
readonly START_ATTEMPTS=5                                   # a new port each time

script=$(readlink -f "${BASH_SOURCE[0]}")
here=${script%/*}
source "$here/processes.sh"
for part in install postgres rabbitmq redis clickhouse; do source "$here/servers/$part.sh"; done

variable_of() { echo "LLM_PLATFORM_${1^^}"; }

# The address given from outside; empty when the server is ours. A shell that sourced an earlier servers.env hands us
# our own address back, which is not "outside".
given_address() {
  local variable given
  variable=$(variable_of "$1")
  given=${!variable:-}
  if [[ -n $given ]] && ! { [[ -s $dir/$1/port ]] && [[ $given == "$("$1_address")" ]]; }; then echo "$given"; fi
}

wait_until_it_answers() {
  local server=$1 pid=$2 deadline=$((SECONDS + START_SECONDS))
  while ((SECONDS < deadline)); do
    alive "$pid" || return 1
    "${server}_answers" "$pid" 2>/dev/null && return 0
    sleep 0.05
  done
  say "$server did not answer within $START_SECONDS s" >&2
  return 1
}

start_server() {
  local server=$1 attempt pid began=$EPOCHREALTIME
  mkdir -p "$dir/$server"
  pid=$(running_pid "$server")
  if [[ -n $pid ]] && "${server}_answers" "$pid"; then return 0; fi
  for ((attempt = 1; attempt <= START_ATTEMPTS; attempt++)); do
    "launch_$server"
    pid=$(running_pid "$server")
    if [[ -n $pid ]] && wait_until_it_answers "$server" "$pid"; then
      say "$server ready ($(since "$began") s)"
      return 0
    fi
    stop_server "$server"
    # A remembered port gets a second chance, for what was killed a moment ago may still be letting go of it.
    if ((attempt > 1)) || [[ ! -e $dir/servers.env ]]; then forget_ports "$server"; fi
  done
  tail -20 "$dir/$server/log" >&2 || true
  fail "$server did not start; its log is $dir/$server/log"
}

stop_server() {
  local signal_name=$1_stop_signal
  stop_process "$1" "${!signal_name}" "$STOP_SECONDS"
  [[ $1 != rabbitmq ]] || kill_process rabbitmq/epmd
}

write_environment() {
  local server given pid
  (
    umask 077
    for server in postgres rabbitmq redis clickhouse; do
      given=$(given_address "$server")
      if [[ -n $given ]]; then
        printf "%s='%s'\n" "$(variable_of "$server")" "$given"
      elif [[ -s $dir/$server/port ]]; then
        printf "%s='%s'\n" "$(variable_of "$server")" "$("${server}_address")"
        pid=$(running_pid "$server")
        [[ -z $pid ]] || printf '%s_PID=%s\n' "${server^^}" "$pid"
      fi
    done >"$dir/servers.env.new"
  )
  mv "$dir/servers.env.new" "$dir/servers.env"
}

watch_parent() {
  local parent=$1
  [[ -z $(running_pid watchdog) ]] || return 0
  mkdir -p "$dir/watchdog"
  launch watchdog bash -c 'tail --pid="$1" -f /dev/null; rm -f "$2/watchdog/pid"
    "$0" stop "$2"; [[ $3 != 1 ]] || "$0" remove "$2"' "$script" "$parent" "$dir" "$EPHEMERAL"
}

start_servers() {
  local server jobs=() failed=0 parent='' wanted=()
  while (($#)); do
    if [[ $1 == --parent ]]; then parent=$2; shift 2; else wanted+=("$1"); shift; fi
  done
  ((${#wanted[@]})) || wanted=("${ALL_SERVERS[@]}")
  check_names "${wanted[@]}"
  install_servers
  # First of all, so that nothing is left behind by a caller that dies while we start.
  [[ -z $parent ]] || watch_parent "$parent"
  for server in "${ALL_SERVERS[@]}"; do
    [[ " ${wanted[*]} " == *" $server "* && -z $(given_address "$server") ]] || continue
    start_server "$server" &
    jobs+=($!)
  done
  for server in "${jobs[@]}"; do wait "$server" || failed=1; done
  write_environment
  return "$failed"
}

stop_servers() {
  local server wanted=("$@") jobs=() watchdog
  if ((${#wanted[@]} == 0)); then
    wanted=("${ALL_SERVERS[@]}")
    kill_process watchdog
  fi
  check_names "${wanted[@]}"
  for server in "${wanted[@]}"; do
    stop_server "$server" &
    jobs+=($!)
  done
  wait "${jobs[@]}"
  write_environment
}

status_of_servers() {
  local server pid all_up=0
  for server in postgres rabbitmq redis clickhouse; do
    pid=$(running_pid "$server")
    if [[ -n $(given_address "$server") ]]; then
      say "$server given from outside"
    elif [[ -n $pid ]] && "${server}_answers" "$pid"; then
      say "$server up, pid $pid, port $(port_of "$server")"
    else
      say "$server down"
      all_up=1
    fi
  done
  return "$all_up"
}

# Ends what runs, none of it gently but PostgreSQL, whose shared memory would stay behind, and deletes what start made,
# the PostgreSQL data outside <dir> included.
remove_data() {
  local server
  kill_process watchdog
  for server in rabbitmq rabbitmq/epmd clickhouse redis; do kill_process "$server"; done
  stop_server postgres
  [[ ! -L $dir/postgres/home ]] || rm -rf "$(readlink -f "$dir/postgres/home")"
  rm -rf "$dir"
}

check_names() {
  local name
  for name in "$@"; do [[ " ${ALL_SERVERS[*]} " == *" $name "* ]] || fail "no such server: $name"; done
}


command=${1:-}
[[ -n $command ]] || usage
shift
if [[ $command == install ]]; then install_servers "$@"; exit; fi
[[ -n ${1:-} ]] || usage
case $command in
  start) mkdir -p "$1" ;;
  # The caller and the watchdog may both clear up: the second finds nothing left.
  stop | remove) [[ -d $1 ]] || exit 0 ;;
  *) [[ -d $1 ]] || fail "no such directory: $1" ;;
esac
dir=$(cd "$1" && pwd -P)
shift
# Servers drop to users that may not enter the caller's directory.
cd /

# Two commands on the same directory take turns; the servers do not inherit the lock (launch closes it).
lock() {
  exec 9>>"$dir/lock"
  flock -w 300 9 || fail "another command has held $dir for five minutes"
}

case $command in
  start) lock; start_servers "$@" ;;
  stop) lock; stop_servers "$@" ;;
  kill) [[ $# -eq 1 ]] || usage; check_names "$1"; lock; kill_process "$1"; rm -f "$dir/$1/pid" ;;
  status) status_of_servers ;;
  vhosts) create_vhosts "$@" ;;
  rabbitmqctl) rabbitmqctl "$@" ;;
  remove) [[ -e $dir/lock ]] || fail "$dir is not a directory of ours"; lock; remove_data ;;
  *) usage ;;
esac
