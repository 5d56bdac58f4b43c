-- What providers say of a month, each time they said something else, and what was made of it.
CREATE TABLE billing.reconciliation
(
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    period text NOT NULL,
    version integer NOT NULL,
    content_hash text NOT NULL,
    state text NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT ux_reconciliation_version UNIQUE (provider, period, version)
);

CREATE FUNCTION billing.keep_reconciliation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'signed' OR NEW.content_hash <> OLD.content_hash THEN
        RAISE EXCEPTION 'what a provider said stays as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reconciliation_kept BEFORE UPDATE OR DELETE ON billing.reconciliation
    FOR EACH ROW EXECUTE FUNCTION billing.keep_reconciliation();
