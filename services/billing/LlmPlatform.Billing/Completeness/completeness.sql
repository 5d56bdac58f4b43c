-- How far each edge says it has counted. passed_at: all that began before it has come. next_*: what has to come for
-- passed_at to move on to next_at.
CREATE TABLE billing.spool_watermark
(
    edge_id uuid NOT NULL,
    epoch bigint NOT NULL,
    last_sequence bigint NOT NULL,
    is_retired boolean NOT NULL,
    said_at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL,
    passed_at timestamptz,
    next_sequence bigint NOT NULL,
    next_at timestamptz NOT NULL,
    CONSTRAINT pk_spool_watermark PRIMARY KEY (edge_id, epoch)
);

-- Who answers for what will not come any more.
CREATE TABLE billing.spool_sign_off
(
    edge_id uuid NOT NULL,
    epoch bigint NOT NULL,
    missing_events bigint NOT NULL,
    person text NOT NULL,
    reason text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT pk_spool_sign_off PRIMARY KEY (edge_id, epoch)
);

-- Requests whose edge let go of what they held.
CREATE TABLE billing.expired_hold
(
    request_id uuid NOT NULL,
    freed_nano_usd bigint NOT NULL,
    expired_at timestamptz NOT NULL,
    CONSTRAINT pk_expired_hold PRIMARY KEY (request_id)
);
CREATE INDEX ix_expired_hold_expired_at ON billing.expired_hold (expired_at);
