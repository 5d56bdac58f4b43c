# shellcheck shell=bash
# RabbitMQ for servers.sh.

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
  [[ -n $(running_pid rabbitmq) ]] || fail "the RabbitMQ of $dir does not run, or is not ours to make virtual hosts in"
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
