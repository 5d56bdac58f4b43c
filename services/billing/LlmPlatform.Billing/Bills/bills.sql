-- What the database itself holds about bills, whoever writes to it.

-- The last number and hash of each series. Counted up by one under its row's lock, so numbers have no gaps.
CREATE TABLE billing.document_series
(
    series text PRIMARY KEY,
    last_number bigint NOT NULL,
    last_hash text
);

CREATE FUNCTION billing.count_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.series <> OLD.series OR (NEW.last_number <> OLD.last_number + 1
        AND (NEW.last_number <> OLD.last_number OR NEW.last_hash IS NOT DISTINCT FROM OLD.last_hash)) THEN
        RAISE EXCEPTION 'a series only counts up by one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER document_series_counts BEFORE UPDATE OR DELETE ON billing.document_series
    FOR EACH ROW EXECUTE FUNCTION billing.count_series();
CREATE TRIGGER document_series_kept BEFORE TRUNCATE ON billing.document_series
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

-- From its issue on a bill only becomes voided or credited, and nothing else of it changes.
CREATE FUNCTION billing.freeze_bill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.number IS NOT NULL THEN
            RAISE EXCEPTION 'bill % is issued', OLD.number USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.number IS NOT NULL AND (
        OLD.state <> 'issued' OR NEW.state NOT IN ('voided', 'credited')
        OR (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state'))
    THEN
        RAISE EXCEPTION 'bill % is issued: credit it or void it', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER bill_frozen BEFORE UPDATE OR DELETE ON billing.bill
    FOR EACH ROW EXECUTE FUNCTION billing.freeze_bill();
CREATE TRIGGER bill_kept BEFORE TRUNCATE ON billing.bill
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER credit_note_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.credit_note
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER billing_terms_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.billing_terms
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER exchange_rate_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.exchange_rate
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
