-- {LC} is LowCardinality(String) where the server has it, else String. Nothing here that 18.16 or a current version lacks.
-- One row per version and rating of a usage event; reads take the highest (FINAL). Partition and order are plain columns that
-- every version of an event has alike, or the versions would never meet.
CREATE TABLE IF NOT EXISTS usage_events
(
    event_id UUID,
    event_version UInt32,
    tenant {LC},
    occurred_hour DateTime,
    occurred_at DateTime,
    occurred_ms UInt16,
    recorded_at DateTime,
    request_id UUID,
    attempt UInt32,
    part UInt32,
    edge_id UUID,
    edge_epoch UInt64,
    edge_sequence UInt64,
    team {LC},
    cost_center {LC},
    project {LC},
    user_name String,
    key_id String,
    key_name String,
    operation {LC},
    model_requested String,
    model {LC},
    provider {LC},
    provider_model {LC},
    provider_request_id String,
    is_stream UInt8,
    outcome {LC},
    usage_source {LC},
    q_input_uncached UInt64,
    q_cache_read UInt64,
    q_cache_write_5m UInt64,
    q_cache_write_1h UInt64,
    q_output_text UInt64,
    q_output_reasoning UInt64,
    q_audio_in UInt64,
    q_audio_out UInt64,
    q_image_in UInt64,
    q_image_out UInt64,
    sku {LC},
    service_tier {LC},
    region {LC},
    tag_keys Array(String),
    tag_values Array(String),
    budgets Array(String),
    raw_usage String,
    rating_status {LC},
    rating UInt32,
    price_version {LC},
    price_variant {LC},
    cost_usd Decimal(38, 12),
    edge_price_version {LC},
    edge_cost_usd Decimal(38, 12),
    ingested_at DateTime,
    row_version UInt64,
    schema_version UInt16
)
ENGINE = ReplacingMergeTree(row_version)
PARTITION BY toYYYYMM(occurred_hour)
ORDER BY (tenant, occurred_hour, event_id)
SETTINGS index_granularity = 8192;

-- Quarter hours (zones differ by so much), rebuilt whole from usage_events FINAL and never summed into. Of a slot only the
-- rows of its highest rollup_version count.
CREATE TABLE IF NOT EXISTS usage_15m
(
    occurred_at DateTime,
    occurred_hour DateTime,
    rollup_version UInt64,
    tenant {LC},
    team {LC},
    cost_center {LC},
    project {LC},
    user_name String,
    key_id String,
    key_name String,
    operation {LC},
    model_requested String,
    model {LC},
    provider {LC},
    provider_model {LC},
    outcome {LC},
    usage_source {LC},
    service_tier {LC},
    region {LC},
    tag_keys Array(String),
    tag_values Array(String),
    rating_status {LC},
    price_version {LC},
    price_variant {LC},
    requests UInt64,
    q_input_uncached UInt64,
    q_cache_read UInt64,
    q_cache_write_5m UInt64,
    q_cache_write_1h UInt64,
    q_output_text UInt64,
    q_output_reasoning UInt64,
    q_audio_in UInt64,
    q_audio_out UInt64,
    q_image_in UInt64,
    q_image_out UInt64,
    cost_usd Decimal(38, 12)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, tenant)
SETTINGS index_granularity = 8192;
