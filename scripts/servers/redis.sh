# shellcheck shell=bash
# Redis for servers.sh.

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
