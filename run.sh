#!/usr/bin/env bash
# Starts the whole platform on this machine: private servers, migrations, services.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
root=$(dirname "$(readlink -f "$0")")
source "$root/scripts/processes.sh"
source "$root/scripts/front.sh"

usage() {
  cat <<'TEXT'
usage: ./run.sh [options]            starts everything and stays; Ctrl-C stops it all
       ./run.sh --detach [options]   in the background; on a platform already up it starts what is missing
       ./run.sh --status | --stop

  --services        every service in its own process, behind nginx
  --edges N         so many edges (with --services)
  --port PORT       the public port (8080)
  --data DIR        keys, logs, server data (.data); DIR/platform.env names every address, key and process
  --config FILE     the configuration (config/platform.yaml)

LLM_PLATFORM_POSTGRES, _RABBITMQ, _REDIS, _CLICKHOUSE: use that server instead of a private one.
LLM_PLATFORM_MASTER_KEY: the admin API's key; otherwise one is made at first start.
TEXT
}

readonly SERVICES=(edge router metering billing audit alerting)
readonly READY_SECONDS=${RUN_READY_SECONDS:-120}   # how long a host may take until it may serve
readonly DRAIN_SECONDS=75                          # a host drains its streams for up to 60 s (Shutdown:Timeout)

# ---- arguments --------------------------------------------------------------------------------------------------

verb=start asked_mode='' asked_edges='' asked_port='' data=$root/.data config=$root/config/platform.yaml

value_of() { [[ -n ${2:-} ]] && echo "$2" || fail "$1 needs a value"; }

read_arguments() {
  while (($#)); do
    case $1 in
      --detach | --stop | --status) verb=${1#--} ;;
      --services) asked_mode=services ;;
      --edges) asked_edges=$(value_of "$@"); shift ;;
      --port) asked_port=$(value_of "$@"); shift ;;
      --data) data=$(value_of "$@"); shift ;;
      --config) config=$(value_of "$@"); shift ;;
      -h | --help) usage; exit ;;
      *) usage >&2; fail "unknown option: $1" ;;
    esac
    shift
  done
  [[ -z $asked_edges || $asked_edges =~ ^[1-9][0-9]?$ ]] || fail "--edges takes a number from 1 to 99"
  [[ -z $asked_port || $asked_port =~ ^[1-9][0-9]{0,4}$ ]] || fail "--port takes a port number"
  if [[ $verb == start || $verb == detach ]]; then
    [[ -r $config ]] || fail "no such configuration: $config"
    config=$(readlink -f "$config")
    mkdir -p "$data"
  elif [[ ! -d $data/processes ]]; then
    say "down"
    if [[ $verb == stop ]]; then exit 0; else exit 1; fi
  fi
  data=$(cd "$data" && pwd -P)
  dir=$data/processes
  mkdir -p "$dir"
}

# What is up keeps its mode, port and number of edges, so that a plain --detach restarts what was killed; options that
# ask for others are refused.
settle_options() {
  local up_mode='' up_port='' up_edges=1 running
  running=$(running_names)
  if [[ -n $running ]] || servers status 2>/dev/null | grep -q ' up, '; then
    load_options
    up_mode=$mode up_port=$port up_edges=$edges
  fi
  if [[ -n $running ]]; then
    [[ $verb == detach ]] || fail "already up on port $up_port; --status shows it, --stop stops it"
    [[ -z $asked_mode || $asked_mode == "$up_mode" ]] || fail "already up in one process; stop it first (--stop)"
    [[ -z $asked_port || $asked_port == "$up_port" ]] || fail "already up on port $up_port; stop it first (--stop)"
  fi
  mode=${asked_mode:-${up_mode:-one}}
  port=${asked_port:-${up_port:-8080}}
  edges=${asked_edges:-$up_edges}
  [[ $mode == services || -z $asked_edges ]] || fail "--edges needs --services"
  [[ -n $running ]] || ! in_use "$port" || fail "port $port is taken; choose another with --port"
  if [[ -n $running ]] && ((edges < up_edges)); then edges=$up_edges; fi
  printf '%s %s %s\n' "$mode" "$port" "$edges" >"$data/options"
}

# What the last start settled.
load_options() {
  mode=one port=8080 edges=1
  [[ ! -s $data/options ]] || read -r mode port edges <"$data/options"
}

# ---- the processes ----------------------------------------------------------------------------------------------

names_of_service() {
  if [[ $1 == edge ]]; then printf 'edge-%s\n' $(seq "$edges"); else echo "$1"; fi
}

# What this mode consists of, servers aside.
all_names() {
  local service
  if [[ $mode == one ]]; then echo platform; return; fi
  for service in "${SERVICES[@]}"; do names_of_service "$service"; done
  echo nginx
}

running_names() {
  local folder name
  for folder in "$dir"/*/; do
    [[ -d $folder ]] || continue
    name=$(basename "$folder")
    if [[ -n $(running_pid "$name") ]]; then echo "$name"; fi
  done
}

url_of() {
  if [[ $1 == platform || $1 == nginx || $mode == one ]]; then
    echo "http://127.0.0.1:$port"
  else
    echo "http://127.0.0.1:$(port_of "$1")"
  fi
}

servers() { SERVERS_EPHEMERAL=0 "$root/scripts/servers.sh" "$1" "$data/servers" "${@:2}" 9>&-; }

# Made once. The encryption key is not the master key: credentials stay readable when that one is changed.
load_keys() {
  local file=$data/keys.env given=${LLM_PLATFORM_MASTER_KEY:-}
  if [[ ! -s $file ]]; then
    (
      umask 077
      cat >"$file" <<KEYS
LLM_PLATFORM_MASTER_KEY='sk-master-$(random_secret)'
LLM_PLATFORM_ENCRYPTION_KEY='$(head -c 32 /dev/urandom | base64 -w0)'
LLM_PLATFORM_DEMO_KEY='sk-demo-$(random_secret)'
KEYS
    )
  fi
  set -a
  source "$file"
  LLM_PLATFORM_MASTER_KEY=${given:-$LLM_PLATFORM_MASTER_KEY}
  set +a
}

start_host() {
  local name=$1 service=${1%%-*} home=$data/edge-1 other
  # One process or many, the first edge's spool is the same: what waits in it is shipped whatever is started next.
  if [[ $name != platform && $name != edge-1 ]]; then home=$data/$name; fi
  mkdir -p "$home"
  [[ ! -e $dir/$name/log ]] || mv "$dir/$name/log" "$dir/$name/log.previous"
  (
    export LLM_PLATFORM_DATA=$home LLM_PLATFORM_CONFIG=$config LLM_PLATFORM_LISTEN
    LLM_PLATFORM_LISTEN=$(url_of "$name")
    # All that run.sh starts is on this machine, and receivers of alerts may be there too.
    export Alerting__Channels__AllowedNetworks__0=${Alerting__Channels__AllowedNetworks__0:-127.0.0.0/8}
    for other in "${SERVICES[@]}"; do
      export "LLM_PLATFORM_${other^^}_URL=$(url_of "$(names_of_service "$other" | head -1)")"
    done
    ulimit -n "$(ulimit -Hn)"
    cd "$root"
    launch "$name" dotnet "$(host_program "$service")"
  )
}

host_program() {
  local project=LlmPlatform.${1^}.Host
  echo "$root/artifacts/bin/$project/release/$project.dll"
}

start_front() {
  write_front_configuration
  if [[ -n $(running_pid nginx) ]]; then
    kill -HUP "$(running_pid nginx)"
  else
    launch nginx nginx -c "$dir/nginx/nginx.conf" -e "$dir/nginx/log"
  fi
}

wait_until_ready() {
  local name=$1 began=$2 url deadline=$((SECONDS + READY_SECONDS))
  url=$(url_of "$name")/readyz
  until curl -sf -o /dev/null --max-time 5 "$url"; do
    if [[ -z $(running_pid "$name") ]]; then report_death "$name"; return 1; fi
    if ((SECONDS >= deadline)); then
      say "$name is not ready after $READY_SECONDS s; $url says: $(curl -s --max-time 5 "$url" || true)" >&2
      return 1
    fi
    sleep 0.1
  done
  say "$name ready ($(since "$began") s)"
}

report_death() {
  say "$1 has ended. The last lines of its log ($dir/$1/log):" >&2
  tail -20 "$dir/$1/log" | sed 's/^/  /' >&2
}

# Stores and queues at this build's version. A build that has migrated these private servers need not do so again.
migrate() {
  local began=$EPOCHREALTIME done_for=$data/migrated this
  this=$(cat "$root/artifacts/built-hosts"; grep -v _PID "$data/servers/servers.env")
  if [[ -s $done_for && $(<"$done_for") == "$this" ]] && all_servers_are_ours; then return; fi
  LLM_PLATFORM_CONFIG=$config LLM_PLATFORM_DATA=$data/edge-1 \
    dotnet "$(host_program platform)" --migrate >"$dir/migrate.log" 2>&1 </dev/null 9>&- ||
    { tail -20 "$dir/migrate.log" >&2; fail "the migration failed; its log is $dir/migrate.log"; }
  (umask 077 && echo "$this" >"$done_for")
  say "migrated ($(since "$began") s)"
}

all_servers_are_ours() { [[ $(grep -c _PID "$data/servers/servers.env") -eq 4 ]]; }

# ---- platform.env -----------------------------------------------------------------------------------------------

write_environment() {
  local name service pid
  (
    umask 077
    {
      echo "LLM_PLATFORM_URL='http://127.0.0.1:$port'"
      grep -v MASTER_KEY "$data/keys.env"
      # A master key given from outside is the one in force.
      printf 'LLM_PLATFORM_MASTER_KEY=%q\n' "$LLM_PLATFORM_MASTER_KEY"
      cat "$data/servers/servers.env"
      for name in $(all_names); do
        pid=$(running_pid "$name")
        service=${name^^}
        [[ -z $pid ]] || echo "${service//-/_}_PID=$pid"
        echo "${service//-/_}_URL='$(url_of "$name")'"
      done
      for service in "${SERVICES[@]}"; do
        if [[ $mode == one ]]; then echo "${service^^}_URL='$(url_of platform)'"; fi
      done
      if [[ $mode == services ]]; then
        pid=$(running_pid edge-1)
        [[ -z $pid ]] || echo "EDGE_PID=$pid"
        echo "EDGE_URL='$(url_of edge-1)'"
      fi
    } >"$data/platform.env.new"
  )
  mv "$data/platform.env.new" "$data/platform.env"
}

# ---- verbs ------------------------------------------------------------------------------------------------------

lock() {
  exec 9>>"$data/lock"
  flock -w 300 9 || fail "another run.sh has held $data for five minutes"
}

start_platform() {
  local name began waiting=()
  "$root/scripts/servers.sh" install 9>&-
  "$root/scripts/build.sh" hosts 9>&-
  load_keys
  servers start
  set -a
  source "$data/servers/servers.env"
  set +a
  migrate
  began=$EPOCHREALTIME
  for name in $(all_names); do mkdir -p "$dir/$name"; done
  for name in $(all_names); do
    if [[ $name == nginx ]]; then
      start_front
    elif [[ -z $(running_pid "$name") ]]; then
      start_host "$name"
      waiting+=("$name")
    fi
  done
  [[ $mode == one ]] || waiting+=(nginx)
  write_environment
  for name in "${waiting[@]}"; do wait_until_ready "$name" "$began"; done
}

stop_together() {
  local name jobs=()
  for name in "$@"; do
    stop_process "$name" TERM "$DRAIN_SECONDS" &
    jobs+=($!)
  done
  ((${#jobs[@]} == 0)) || wait "${jobs[@]}"
}

stop_platform() {
  local name edge_names=() others=()
  load_options
  for name in $(running_names); do
    case $name in
      platform | edge-*) edge_names+=("$name") ;;
      nginx) ;;
      *) others+=("$name") ;;
    esac
  done
  # The edges end their streams while the way to the caller is still there, then ship what is in their spools.
  stop_together "${edge_names[@]}"
  stop_process nginx QUIT 5
  stop_together "${others[@]}"
  servers stop
  load_keys
  write_environment
  say "stopped"
}

show_status() {
  local name code=0
  load_options
  for name in $(all_names); do
    if [[ -z $(running_pid "$name") ]]; then
      say "$name down"
      code=1
    elif curl -sf -o /dev/null --max-time 5 "$(url_of "$name")/readyz"; then
      say "$name up, pid $(running_pid "$name"), $(url_of "$name")"
    else
      say "$name not ready, pid $(running_pid "$name"), $(url_of "$name")"
      code=1
    fi
  done
  servers status || code=1
  return "$code"
}

greet() {
  local url=http://127.0.0.1:$port
  cat <<TEXT

The platform is up at $url. Addresses, keys and processes: $data/platform.env
  admin key  $LLM_PLATFORM_MASTER_KEY
  demo key   $LLM_PLATFORM_DEMO_KEY

See tokens stream:
  curl -N $url/v1/chat/completions -H "Authorization: Bearer $LLM_PLATFORM_DEMO_KEY" \\
    -H "Content-Type: application/json" \\
    -d '{"model":"sim-small","stream":true,"messages":[{"role":"user","content":"Hello"}]}'
See what it cost, and this month's bill:
  curl -H "Authorization: Bearer $LLM_PLATFORM_MASTER_KEY" "$url/admin/v1/usage?group_by=model"
  curl -H "Authorization: Bearer $LLM_PLATFORM_MASTER_KEY" "$url/admin/v1/bills?period=$(date -u +%Y-%m)"
TEXT
}

# Until a signal, or until a process is gone that should be there.
watch_over_it() {
  local name server pid
  while :; do
    for name in $(all_names); do
      if [[ -z $(running_pid "$name") ]]; then
        # Stopped by another command, which takes its pid file away once it is done?
        lock
        if [[ ! -e $dir/$name/pid ]]; then trap - EXIT; return 0; fi
        report_death "$name"
        return 1
      fi
    done
    while IFS='=' read -r server pid; do
      if [[ $server == *_PID ]] && ! alive "$pid"; then say "${server%_PID} has ended" >&2; return 1; fi
    done <"$data/servers/servers.env"
    # In the background, so that a signal is heard at once.
    sleep 1 &
    wait $! || true
  done
}

# Whatever ends a run in the foreground, nothing of it stays behind.
stop_on_exit() {
  local code=$?
  trap - EXIT
  trap '' INT TERM HUP
  lock
  stop_platform
  exit "$code"
}

start_in_foreground() {
  trap stop_on_exit EXIT
  trap 'echo; exit 0' INT TERM HUP
  start_platform
  greet
  exec 9>&-
  watch_over_it
}

start_in_background() {
  trap 'say "not everything started: --status shows what did, --stop stops it" >&2' EXIT
  start_platform
  trap - EXIT
  greet
}

read_arguments "$@"
case $verb in
  status) show_status ;;
  stop) lock; stop_platform ;;
  detach) lock; settle_options; start_in_background ;;
  start) lock; settle_options; start_in_foreground ;;
esac
