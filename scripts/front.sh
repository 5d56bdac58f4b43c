# shellcheck shell=bash
# The nginx before the services of run.sh --services: one public port, each path to the service that owns it.

# front_servers <service>: the lines of its upstream. Reads the ports that run.sh gave out.
front_servers() {
  local name
  for name in $(names_of_service "$1"); do
    echo "    server 127.0.0.1:$(port_of "$name") max_fails=1 fail_timeout=1s;"
  done
}

# front_upstream <service>
front_upstream() {
  cat <<CONF
  upstream $1 {
    least_conn;
$(front_servers "$1")
    keepalive 128;
    keepalive_timeout 60s;
  }
CONF
}

front_admin_route() { printf '    location ~ ^/admin/v1/(%s)(/|$) { proxy_pass http://%s; }\n' "$2" "$1"; }

# front_error <type> <code> <message>, as callers of the API read errors.
front_error() { printf '{"error":{"message":"%s","type":"%s","code":"%s","param":null}}' "$3" "$1" "$2"; }

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
events { worker_connections 16384; }
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
    # The edge refuses what is too large, and says so in the caller's protocol.
    client_max_body_size 0;
    large_client_header_buffers 8 32k;

    # A stream passes byte by byte, both ways, for as long as it lasts.
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_http_version 1.1;
    proxy_read_timeout 1h;
    proxy_send_timeout 1h;
    proxy_connect_timeout 2s;
    proxy_set_header Connection "";
    proxy_set_header Host \$http_host;
    proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto \$scheme;
    # On to the next only when this one could not be reached: without non_idempotent, nginx repeats no POST it has sent.
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 3;
    error_page 502 504 = @unreachable;

    location /v1/ { proxy_pass http://edge; }
    location ~ ^/(ask|healthz|readyz|metrics|admin/openapi\.json)\$ { proxy_pass http://edge; }
$(front_admin_route edge 'tenants|teams|users|keys')
$(front_admin_route router 'providers|models|routes|health')
$(front_admin_route metering 'limits|budgets|usage/live')
$(front_admin_route billing 'prices|usage|bills|exports|reconciliations|rerates|completeness')
$(front_admin_route audit 'audit')
$(front_admin_route alerting 'channels|alerts|deliveries')
    # Whatever is not listed stays inside: /internal above all.
    location / {
      default_type application/json;
      return 404 '$(front_error invalid_request_error not_found "Nothing is served here.")';
    }
    location @unreachable {
      internal;
      default_type application/json;
      add_header Retry-After 1 always;
      return 503 '$(front_error server_error upstream_unavailable "The service is not reachable just now.")';
    }
  }
}
CONF
  } >"$home/nginx.conf"
}
