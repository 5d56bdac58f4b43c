# shellcheck shell=bash
# Installs the servers from the packages of the distribution.

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

# A server given from outside needs no package here.
missing_packages() {
  local wanted=(nginx:nginx curl:curl setpriv:util-linux ps:procps "$@")
  [[ -n ${LLM_PLATFORM_POSTGRES:-} ]] || postgres_bin >/dev/null || echo postgresql
  [[ -n ${LLM_PLATFORM_RABBITMQ:-} ]] || rabbitmq_bin >/dev/null || echo rabbitmq-server
  [[ -n ${LLM_PLATFORM_REDIS:-} ]] || wanted+=(redis-server:redis-server)
  [[ -n ${LLM_PLATFORM_CLICKHOUSE:-} ]] || wanted+=(clickhouse-server:clickhouse-server)
  local each
  for each in "${wanted[@]}"; do command -v "${each%%:*}" >/dev/null || echo "${each#*:}"; done
}

# install_servers [command:package...]
install_servers() {
  local missing as_root=()
  missing=$(missing_packages "$@" | xargs)
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
  missing=$(missing_packages "$@" | xargs)
  if [[ -n $missing ]]; then
    say "installing $missing"
    apt_install "${as_root[@]}" -- $missing
    missing=$(missing_packages "$@" | xargs)
    [[ -z $missing ]] || fail "still missing after apt-get install: $missing"
  fi
  exec 8>&-
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
