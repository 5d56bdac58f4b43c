# shellcheck shell=bash
# Processes and ports: sourced by servers.sh and run.sh. Each process has a folder $dir/<name> with its pid, its log and
# its ports.

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

alive() { [[ -n ${1:-} ]] && kill -0 "$1" 2>/dev/null && [[ $(process_state "$1") != Z ]]; }

process_state() { sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null || true; }

# The pid a process was started under; empty when that process is gone or the pid now belongs to another program.
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

# A free port below the range that outgoing connections take theirs from. It is claimed for ten minutes by a folder of
# its name, for another run would else take it before our process binds it.
free_port() {
  local claims=/tmp/llm-platform-ports port
  mkdir -p -m 1777 "$claims"
  find "$claims" -mindepth 1 -maxdepth 1 -mmin +10 -exec rmdir {} + 2>/dev/null || true
  while :; do
    port=$((18000 + (RANDOM * 32768 + RANDOM) % 13000))
    if ! in_use "$port" && mkdir "$claims/$port" 2>/dev/null; then echo "$port"; return; fi
  done
}

# port_of <name> [what]: the remembered port; chosen on first use.
port_of() {
  local file=$dir/$1/${2:-port}
  [[ -s $file ]] || free_port >"$file"
  cat "$file"
}

forget_ports() { rm -f "$dir/$1/"port "$dir/$1/"*-port; }

random_secret() { head -c 24 /dev/urandom | base64 | tr -d '/+=\n'; }

# secret_of <name>: made once, readable by the owner only.
secret_of() {
  local file=$dir/$1/secret
  [[ -s $file ]] || (umask 077 && random_secret >"$file")
  cat "$file"
}

# launch <name> <command...>: in a session of its own, so that Ctrl-C in the terminal does not reach it. Descriptor 9 is
# the lock of the directory, which must not live as long as the process.
launch() {
  local name=$1
  shift
  setsid "$@" </dev/null >>"$dir/$name/log" 2>&1 9>&- &
  remember_pid "$name" $!
}

children_of() { ps -o pid= --ppid "$1" 2>/dev/null | xargs || true; }

# await_end <pid> <seconds>
await_end() {
  local pid=$1 deadline=$((SECONDS + $2))
  while alive "$pid"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

# kill -9, children included.
kill_process() {
  local pid children
  pid=$(running_pid "$1")
  [[ -n $pid ]] || return 0
  children=$(children_of "$pid")
  kill -9 "$pid" $children 2>/dev/null || true
  for pid in "$pid" $children; do await_end "$pid" 10 || true; done
}

# stop_process <name> <signal> <seconds>: asks with the signal, and kills what has not ended in that time.
stop_process() {
  local pid
  pid=$(running_pid "$1")
  if [[ -n $pid ]]; then
    kill "-$2" "$pid" 2>/dev/null || true
    await_end "$pid" "$3" || kill_process "$1"
  fi
  rm -f "$dir/$1/pid"
}

# since <EPOCHREALTIME>: seconds passed, with one decimal.
since() {
  local tenths=$(((${EPOCHREALTIME/./} - ${1/./}) / 100000))
  echo "$((tenths / 10)).$((tenths % 10))"
}
