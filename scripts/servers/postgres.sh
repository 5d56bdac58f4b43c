# shellcheck shell=bash
# PostgreSQL for servers.sh.

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
  [[ $EPHEMERAL != 1 ]] || settings+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off)
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
