#!/usr/bin/env bash
# Private PostgreSQL, RabbitMQ, Redis and ClickHouse servers on loopback, without a service manager.
# run.sh, test.sh and the tests (TestServers) all use this one script.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"

usage() {
  cat >&2 <<'TEXT'
usage: servers.sh install
       servers.sh start  <dir> [name...] [--parent PID]   name: postgres rabbitmq redis clickhouse (all when none)
       servers.sh stop   <dir> [name...]                  gracefully, then by force; all of them when none is named
       servers.sh kill   <dir> <name>                     kill -9, for chaos tests
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

say() { printf '%s\n' "$*"; }
fail() { printf 'servers.sh: %s\n' "$*" >&2; exit 1; }

# ---- installation -----------------------------------------------------------------------------------------------

postgres_bin() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -1 || true)
  [[ -n $found ]] || found=$(command -v postgres || true)
  [[ -n $found ]] || return 1
  dirname "$found"
}

rabbitmq_bin() {
  # Not /usr/sbin: that wrapper of the distribution switches to the user rabbitmq.
  local dir
  for dir in /usr/lib/rabbitmq/bin /opt/rabbitmq/sbin; do
    [[ -x $dir/rabbitmq-server ]] && { echo "$dir"; return; }
  done
  return 1
}

missing_packages() {
  postgres_bin >/dev/null || echo postgresql
  rabbitmq_bin >/dev/null || echo rabbitmq-server
  command -v redis-server >/dev/null && command -v redis-cli >/dev/null || echo redis-server
  command -v clickhouse-server >/dev/null || echo clickhouse-server clickhouse-client
  command -v nginx >/dev/null || echo nginx
  command -v curl >/dev/null || echo curl
  command -v setpriv >/dev/null || echo util-linux
}

install_servers() {
  local missing as_root=()
  missing=$(missing_packages | xargs)
  [[ -n $missing ]] || return 0
  command -v apt-get >/dev/null ||
    fail "not installed: $missing, and there is no apt-get. Install them, or set LLM_PLATFORM_<SERVER> to running ones."
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; } ||
      fail "not installed: $missing. Run as root: apt-get install $missing"
    as_root=(sudo)
  fi
  exec 8>>"${TMPDIR:-/tmp}/llm-platform-install.lock"
  flock 8
  missing=$(missing_packages | xargs)
  [[ -n $missing ]] || return 0
  say "installing $missing"
  apt_install "${as_root[@]}" -- $missing
  missing=$(missing_packages | xargs)
  [[ -z $missing ]] || fail "still missing after apt-get install: $missing"
  flock -u 8
}

apt_install() {
  local as_root=() log policy=/usr/sbin/policy-rc.d made_policy=0 done=0
  while [[ $1 != -- ]]; do as_root+=("$1"); shift; done
  shift
  log=$(mktemp)
  # The packages would start servers of their own on the well-known ports; 101 forbids it while we install.
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    made_policy=1
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600)
  if "${apt[@]}" install --no-install-recommends "$@" >"$log" 2>&1 8>&- </dev/null; then
    done=1
  elif "${apt[@]}" update >>"$log" 2>&1 8>&- </dev/null &&
    "${apt[@]}" install --no-install-recommends "$@" >>"$log" 2>&1 8>&- </dev/null; then
    done=1
  fi
  if [[ $made_policy -eq 1 ]]; then "${as_root[@]}" rm -f "$policy"; fi
  if [[ $done -eq 0 ]]; then
    tail -20 "$log" >&2
    fail "could not install: $* (whole log: $log)"
  fi
  rm -f "$log"
}

# ---- processes and ports ----------------------------------------------------------------------------------------

alive() { [[ -n ${1:-} ]] && kill -0 "$1" 2>/dev/null && [[ $(process_state "$1") != Z ]]; }

process_state() { sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null || true; }

# The pid a server was started under; empty when that process is gone or the pid now belongs to another program.
running_pid() {
  local file=$dir/$1/pid pid started
  [[ -r $file ]] || return 0
  read -r pid started <"$file" || return 0
  if alive "$pid" && [[ $(start_time "$pid") == "$started" ]]; then echo "$pid"; fi
}

start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

remember_pid() { echo "$2 $(start_time "$2")" >"$dir/$1/pid"; }

# Does this very process listen on that loopback port? Asking the port alone could reach another run's server.
listens() {
  local inode
  inode=$(listening_socket "$2")
  [[ -n $inode ]] && ls -l "/proc/$1/fd" 2>/dev/null | grep -q "socket:\[$inode\]"
}

listening_socket() {
  awk -v port=":$(printf '%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

in_use() { [[ -n $(listening_socket "$1") ]]; }

# A free port below the range that outgoing connections take theirs from. Another run may still bind it first: then
# our server fails to start and is tried again with a new one.
free_port() {
  local port
  while :; do
    port=$((18000 + (RANDOM * 32768 + RANDOM) % 13000))
    in_use "$port" || { echo "$port"; return; }
  done
}

# port_of <server> [what]: the remembered port; chosen on first use.
port_of() {
  local file=$dir/$1/${2:-port}
  [[ -s $file ]] || free_port >"$file"
  cat "$file"
}

forget_ports() { rm -f "$dir/$1/"port "$dir/$1/"*-port; }

random_secret() { head -c 24 /dev/urandom | base64 | tr -d '/+=\n'; }

# secret_of <server>: made once, readable by the owner only.
secret_of() {
  local file=$dir/$1/secret
  [[ -s $file ]] || (umask 077 && random_secret >"$file")
  cat "$file"
}

# launch <server> <command...>: in a session of its own, so that Ctrl-C in the terminal does not reach it.
launch() {
  local server=$1
  shift
  setsid "$@" </dev/null >>"$dir/$server/log" 2>&1 9>&- &
  remember_pid "$server" $!
}

# ---- PostgreSQL -------------------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root: then it runs as a user of its own, which also owns its data.
postgres_user() { id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody; }

as_postgres=()
if [[ $EUID -eq 0 ]]; then
  as_postgres=(setpriv "--reuid=$(postgres_user)" "--regid=$(id -g "$(postgres_user)")" --clear-groups)
fi

# That user must be able to reach its data. Where a parent of <dir> is closed to it (a clone under /root), the data
# lives in /var/lib/llm-platform and <dir> holds a link to it.
prepare_postgres_home() {
  local home=$dir/postgres/home
  [[ ! -d $home ]] || return 0
  rm -f "$home"
  if [[ $EUID -ne 0 ]]; then mkdir -m 700 "$home"; return; fi
  chmod o+x "$dir" "$dir/postgres"
  if "${as_postgres[@]}" test -x "$dir/postgres"; then
    mkdir -m 700 "$home"
  else
    mkdir -p -m 755 /var/lib/llm-platform
    ln -s "$(mktemp -d /var/lib/llm-platform/postgres-XXXXXX)" "$home"
  fi
  chown "$(postgres_user)" "$home/"
}

init_postgres() {
  local home
  prepare_postgres_home
  home=$(readlink -f "$dir/postgres/home")
  [[ ! -s $home/data/PG_VERSION ]] || return 0
  rm -rf "$home/data"
  (umask 077 && secret_of postgres >"$home/password")
  [[ $EUID -ne 0 ]] || chown "$(postgres_user)" "$home/password"
  "${as_postgres[@]}" "$(postgres_bin)/initdb" -D "$home/data" --username=llm_platform --pwfile="$home/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >>"$dir/postgres/log" 2>&1 9>&- </dev/null ||
    { rm -rf "$home/data"; fail "initdb failed: $(tail -3 "$dir/postgres/log")"; }
  rm -f "$home/password"
}

launch_postgres() {
  local data settings=(-c listen_addresses=127.0.0.1 -c "port=$(port_of postgres)" -c unix_socket_directories=
    -c max_connections=300 -c shared_buffers=128MB -c timezone=UTC)
  [[ $EPHEMERAL != 1 ]] || settings+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
  init_postgres
  data=$(readlink -f "$dir/postgres/home")/data
  # PostgreSQL takes a killed predecessor that nobody has reaped yet for a living one.
  if [[ -s $data/postmaster.pid ]] && ! alive "$(head -1 "$data/postmaster.pid")"; then rm -f "$data/postmaster.pid"; fi
  launch postgres "${as_postgres[@]}" "$(postgres_bin)/postgres" -D "$data" "${settings[@]}"
}

postgres_sql() {
  PGPASSWORD=$(secret_of postgres) PGCONNECT_TIMEOUT=5 "$(postgres_bin)/psql" -X -q -A -t -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$(port_of postgres)" -U llm_platform -d "$1" -c "$2" 2>>"$dir/postgres/log"
}

postgres_answers() {
  listens "$1" "$(port_of postgres)" || return 1
  [[ $(postgres_sql llm_platform 'SELECT 1') == 1 ]] || postgres_sql postgres 'CREATE DATABASE llm_platform'
}

postgres_address() {
  printf 'Host=127.0.0.1;Port=%s;Username=llm_platform;Password=%s;Database=llm_platform\n' \
    "$(port_of postgres)" "$(secret_of postgres)"
}

# Fast shutdown: sessions are cut off, nothing is lost.
readonly postgres_stop_signal=INT

# ---- RabbitMQ ---------------------------------------------------------------------------------------------------

rabbitmq_environment() {
  export HOME=$dir/rabbitmq RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME=rabbit@localhost
  export RABBITMQ_MNESIA_BASE=$dir/rabbitmq/mnesia RABBITMQ_LOG_BASE=$dir/rabbitmq/logs
  export RABBITMQ_CONFIG_FILE=$dir/rabbitmq/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$dir/rabbitmq/enabled_plugins
  export RABBITMQ_DIST_PORT ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
  RABBITMQ_DIST_PORT=$(port_of rabbitmq dist-port)
  ERL_EPMD_PORT=$(port_of rabbitmq epmd-port)
  # Idle schedulers sleep instead of spinning: the services share these cores.
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none +sbwtdcpu none +sbwtdio none"
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS+=" -kernel inet_dist_use_interface {127,0,0,1}"
  # The start script then becomes the Erlang VM instead of standing before it: the pid we hold is the broker's.
  export RABBITMQ_ALLOW_INPUT=1
}

launch_rabbitmq() {
  local epmd
  mkdir -p "$dir/rabbitmq/mnesia" "$dir/rabbitmq/logs"
  (umask 077 && cat >"$dir/rabbitmq/rabbitmq.conf") <<CONF
listeners.tcp.1 = 127.0.0.1:$(port_of rabbitmq)
default_user = llm_platform
default_pass = $(secret_of rabbitmq)
log.file.level = warning
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = 67108864
CONF
  echo '[].' >"$dir/rabbitmq/enabled_plugins"
  if [[ ! -s $dir/rabbitmq/.erlang.cookie ]]; then
    (umask 377 && random_secret >"$dir/rabbitmq/.erlang.cookie")
  fi
  (
    rabbitmq_environment
    epmd=$(running_pid rabbitmq/epmd)
    if [[ -z $epmd ]]; then
      # Ours to stop: an epmd that the broker starts outlives it.
      mkdir -p "$dir/rabbitmq/epmd"
      launch rabbitmq/epmd epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1
    fi
    launch rabbitmq "$(rabbitmq_bin)/rabbitmq-server" -noinput
  )
}

rabbitmq_answers() {
  # The AMQP listener is the last thing the broker opens; the protocol header is answered by the broker itself.
  listens "$1" "$(port_of rabbitmq)" || return 1
  local answer
  answer=$(
    exec 3<>"/dev/tcp/127.0.0.1/$(port_of rabbitmq)" || exit 1
    printf 'AMQP\0\0\11\1' >&3
    timeout 5 head -c 1 <&3 | od -An -tu1
  ) 2>/dev/null
  [[ ${answer// /} == 1 ]]
}

rabbitmq_address() { echo "amqp://llm_platform:$(secret_of rabbitmq)@127.0.0.1:$(port_of rabbitmq)/"; }

rabbitmqctl() { (rabbitmq_environment && "$(rabbitmq_bin)/rabbitmqctl" "$@"); }

# rabbitmqctl takes a second of processor time to start; erl_call, a C program of the same Erlang, takes milliseconds.
# -h: calls at the same time need a node name each, or the broker refuses all but one (-r seeds by the second).
create_vhosts() {
  local vhost calls='' call
  for vhost in "$@"; do
    [[ $vhost =~ ^[A-Za-z0-9_.-]+$ ]] || fail "not a virtual host name: $vhost"
    calls+="rabbit_vhost:add(<<\"$vhost\">>, <<\"llm_platform\">>),"
    calls+="rabbit_auth_backend_internal:set_permissions(<<\"llm_platform\">>, <<\"$vhost\">>,"
    calls+="<<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"llm_platform\">>),"
  done
  call=$(command -v erl_call || ls /usr/lib/erlang/bin/erl_call 2>/dev/null || true)
  if [[ -n $call ]]; then
    (rabbitmq_environment && echo "${calls}ok." |
      "$call" -h "c$$" -sname rabbit@localhost -c "$(cat "$HOME/.erlang.cookie")" -e) | grep -q 'ok, *ok' ||
      fail "could not create the virtual hosts $*"
  else
    rabbitmqctl eval "${calls}ok." >/dev/null
  fi
}

readonly rabbitmq_stop_signal=TERM

# ---- Redis ------------------------------------------------------------------------------------------------------

launch_redis() {
  local persistence=(--appendonly yes --appendfsync everysec)
  [[ $EPHEMERAL != 1 ]] || persistence=(--appendonly no)
  launch redis redis-server --bind 127.0.0.1 --port "$(port_of redis)" --dir "$dir/redis" --save '' \
    "${persistence[@]}" --maxmemory-policy noeviction --daemonize no
}

redis_answers() {
  listens "$1" "$(port_of redis)" && [[ $(redis-cli -h 127.0.0.1 -p "$(port_of redis)" ping 2>/dev/null) == PONG ]]
}

redis_address() { echo "127.0.0.1:$(port_of redis)"; }

readonly redis_stop_signal=TERM

# ---- ClickHouse -------------------------------------------------------------------------------------------------

launch_clickhouse() {
  mkdir -p "$dir/clickhouse/data" "$dir/clickhouse/tmp"
  cat >"$dir/clickhouse/config.xml" <<XML
<yandex>
  <logger><level>warning</level><log>$dir/clickhouse/server.log</log>
    <errorlog>$dir/clickhouse/server.err.log</errorlog><size>20M</size><count>2</count></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>$(port_of clickhouse)</http_port>
  <tcp_port>$(port_of clickhouse tcp-port)</tcp_port>
  <path>$dir/clickhouse/data/</path>
  <tmp_path>$dir/clickhouse/tmp/</tmp_path>
  <users_config>$dir/clickhouse/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>268435456</mark_cache_size>
  <timezone>UTC</timezone>
</yandex>
XML
  cat >"$dir/clickhouse/users.xml" <<'XML'
<yandex>
  <profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>
  <quotas><default></default></quotas>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
    <quota>default</quota></default></users>
</yandex>
XML
  launch clickhouse clickhouse-server "--config-file=$dir/clickhouse/config.xml"
}

clickhouse_answers() {
  listens "$1" "$(port_of clickhouse)" &&
    [[ $(curl -sf --max-time 5 --data-binary 'SELECT 1' "$(clickhouse_address)/" 2>/dev/null) == 1 ]]
}

clickhouse_address() { echo "http://127.0.0.1:$(port_of clickhouse)"; }

readonly clickhouse_stop_signal=TERM

# ---- the four alike ---------------------------------------------------------------------------------------------

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
  local server=$1 attempt pid began=${EPOCHREALTIME/./}
  mkdir -p "$dir/$server"
  pid=$(running_pid "$server")
  if [[ -n $pid ]] && "${server}_answers" "$pid"; then return 0; fi
  for ((attempt = 1; attempt <= START_ATTEMPTS; attempt++)); do
    "launch_$server"
    pid=$(running_pid "$server")
    if [[ -n $pid ]] && wait_until_it_answers "$server" "$pid"; then
      local took=$(((${EPOCHREALTIME/./} - began) / 100000))
      say "$server ready ($((took / 10)).$((took % 10)) s)"
      return 0
    fi
    stop_server "$server"
    # A remembered port gets a second chance, for what was killed a moment ago may still be letting go of it.
    if ((attempt > 1)) || [[ ! -e $dir/servers.env ]]; then forget_ports "$server"; fi
  done
  tail -20 "$dir/$server/log" >&2 || true
  fail "$server did not start; its log is $dir/$server/log"
}

children_of() { ps -o pid= --ppid "$1" 2>/dev/null | xargs || true; }

await_end() {
  local pid=$1 deadline=$((SECONDS + $2))
  while alive "$pid"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

stop_server() {
  local server=$1 signal_name=$1_stop_signal pid
  pid=$(running_pid "$server")
  if [[ -n $pid ]]; then
    kill "-${!signal_name}" "$pid" 2>/dev/null || true
    await_end "$pid" "$STOP_SECONDS" || kill_server "$server"
  fi
  [[ $server != rabbitmq ]] || kill_process rabbitmq/epmd
  rm -f "$dir/$server/pid"
}

kill_process() {
  local pid children
  pid=$(running_pid "$1")
  [[ -n $pid ]] || return 0
  children=$(children_of "$pid")
  kill -9 "$pid" $children 2>/dev/null || true
  for pid in "$pid" $children; do await_end "$pid" 10 || true; done
}

kill_server() { kill_process "$1"; }

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
  [[ -n $(missing_packages) ]] && install_servers
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

# Deletes what start made, the PostgreSQL data outside <dir> included.
remove_data() {
  local server
  [[ -e $dir/servers.env || -d $dir/watchdog || -d $dir/postgres ]] || return 0
  for server in "${ALL_SERVERS[@]}"; do
    [[ -z $(running_pid "$server") ]] || fail "$server still runs in $dir"
  done
  [[ ! -L $dir/postgres/home ]] || rm -rf "$(readlink -f "$dir/postgres/home")"
  rm -rf "$dir"
}

check_names() {
  local name
  for name in "$@"; do [[ " ${ALL_SERVERS[*]} " == *" $name "* ]] || fail "no such server: $name"; done
}

# ---- commands ---------------------------------------------------------------------------------------------------

script=$(readlink -f "${BASH_SOURCE[0]}")
command=${1:-}
[[ -n $command ]] || usage
shift
if [[ $command == install ]]; then install_servers; exit; fi
[[ -n ${1:-} ]] || usage
mkdir -p "$1"
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
  kill) [[ $# -eq 1 ]] || usage; check_names "$1"; lock; kill_server "$1"; rm -f "$dir/$1/pid" ;;
  status) status_of_servers ;;
  vhosts) create_vhosts "$@" ;;
  rabbitmqctl) rabbitmqctl "$@" ;;
  remove) remove_data ;;
  *) usage ;;
esac
