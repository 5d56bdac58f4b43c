# shellcheck shell=bash
# The nginx before the services of run.sh --services: one public port, each path to the service that owns it.

# front_upstream <service>: where its processes listen. Reads the ports that run.sh gave out.
front_upstream() {
  local name
  echo "  upstream $1 {"
  echo "    least_conn;"
  for name in $(names_of_service "$1"); do
    echo "    server 127.0.0.1:$(port_of "$name") max_fails=1 fail_timeout=1s;"
  done
  echo "    keepalive 128;"
  echo "  }"
}

write_front_configuration() {
  local home=$dir/nginx service user='' files
  files=$(ulimit -Hn)
  [[ $files != unlimited ]] || files=65536
  # Workers need no more than to pass bytes on.
  [[ $EUID -ne 0 ]] || user="user $(id -u www-data >/dev/null 2>&1 && echo www-data || echo 'nobody nogroup');"
  mkdir -p "$home/temp"
  {
    cat <<CONF
$user
worker_processes auto;
worker_rlimit_nofile $files;
daemon off;
pid $home/nginx.pid;
error_log $home/log warn;
events { worker_connections $((files / 2)); }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path $home/temp/body;
  proxy_temp_path $home/temp/proxy;
  fastcgi_temp_path $home/temp/fastcgi;
  uwsgi_temp_path $home/temp/uwsgi;
  scgi_temp_path $home/temp/scgi;
CONF
    for service in "${SERVICES[@]}"; do front_upstream "$service"; done
    cat <<CONF
  server {
    listen 127.0.0.1:$port reuseport backlog=4096;
    include "$root/config/nginx/routes.conf";
  }
}
CONF
  } >"$home/nginx.conf"
}
