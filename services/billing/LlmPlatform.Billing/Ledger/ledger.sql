-- The ledger: every movement of money, in double entry, for ever. Nothing here is updated or deleted; a correction is an
-- entry that takes back and one that replaces.
CREATE TABLE billing.ledger_account
(
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    tenant text NOT NULL,
    detail text NOT NULL,
    CONSTRAINT ux_ledger_account UNIQUE (kind, tenant, detail)
);

-- posted_in lets entries join a transaction only in the database transaction that made it, so that what was balanced at
-- its commit stays balanced.
CREATE TABLE billing.ledger_transaction
(
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    posted_at timestamptz NOT NULL,
    posted_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT ux_ledger_transaction_source UNIQUE (source, source_key)
);

CREATE TABLE billing.ledger_entry
(
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id uuid NOT NULL REFERENCES billing.ledger_transaction (id),
    account_id bigint NOT NULL REFERENCES billing.ledger_account (id),
    contra_account_id bigint REFERENCES billing.ledger_account (id),
    currency char(3) NOT NULL,
    amount numeric(28, 12) NOT NULL,
    occurred_at timestamptz,
    event_id uuid,
    event_version integer,
    rating integer,
    is_reversal boolean,
    CONSTRAINT ck_ledger_entry_source CHECK (
        (event_id IS NULL) = (event_version IS NULL) AND (event_id IS NULL) = (rating IS NULL)
        AND (event_id IS NULL) = (is_reversal IS NULL) AND (event_id IS NULL) = (occurred_at IS NULL)
        AND (event_id IS NULL) = (contra_account_id IS NULL))
);

-- A version of an event is charged once and taken back once, whatever is delivered how often.
CREATE UNIQUE INDEX ux_ledger_entry_source ON billing.ledger_entry (event_id, event_version, rating, is_reversal)
    WHERE event_id IS NOT NULL;
CREATE INDEX ix_ledger_entry_transaction ON billing.ledger_entry (transaction_id);

CREATE FUNCTION billing.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is immutable: post a correction', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_entry_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER ledger_transaction_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER ledger_account_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

CREATE FUNCTION billing.require_open_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT transaction_id FROM added) AS entry
        JOIN billing.ledger_transaction AS posted ON posted.id = entry.transaction_id
        WHERE posted.posted_in <> pg_current_xact_id())
    THEN
        RAISE EXCEPTION 'the ledger transaction is closed: post another' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_open AFTER INSERT ON billing.ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION billing.require_open_transaction();

CREATE FUNCTION billing.require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.posted_in <> pg_current_xact_id() OR EXISTS (
        SELECT 1 FROM billing.ledger_entry WHERE transaction_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0)
    THEN
        RAISE EXCEPTION 'ledger transaction % does not balance', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_transaction_balanced AFTER INSERT ON billing.ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing.require_balance();

-- Which sequence numbers of which spool have come: one range, from 1, when none is missing.
CREATE TABLE billing.usage_received
(
    edge_id uuid NOT NULL,
    epoch bigint NOT NULL,
    sequences int8multirange NOT NULL,
    latest_occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT pk_usage_received PRIMARY KEY (edge_id, epoch)
);

-- Quarter hours whose rollup is behind: marked counts changes, built says which of them it holds.
CREATE TABLE billing.rollup_slot
(
    slot timestamptz PRIMARY KEY,
    marked bigint NOT NULL,
    built bigint NOT NULL
);
CREATE INDEX ix_rollup_slot_behind ON billing.rollup_slot (slot) WHERE built < marked;
CREATE SEQUENCE billing.rollup_version;
