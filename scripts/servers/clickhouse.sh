# shellcheck shell=bash
# ClickHouse for servers.sh.

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
