using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Audit.Migrations;

/// <inheritdoc />
[DbContext(typeof(AuditDbContext))]
[Migration("20261121171500_Retention")]
public partial class Retention : Migration
{
    // A checkpoint names a record that is there, by its hash, and is a day old at least: no setting empties the trail.
    // Records behind the last checkpoint stay.
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE audit.checkpoint (
            sequence bigint NOT NULL CONSTRAINT pk_checkpoint PRIMARY KEY,
            hash bytea NOT NULL,
            dropped_at timestamp with time zone NOT NULL);

        CREATE FUNCTION audit.check_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM audit.record WHERE sequence = NEW.sequence AND hash = NEW.hash
                    AND recorded_at < now() - interval '1 day') THEN
                RAISE EXCEPTION 'The audit trail has no record %, a day old, of that hash.', NEW.sequence
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;

        CREATE FUNCTION audit.refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM dropped
                    WHERE sequence > coalesce((SELECT max(sequence) FROM audit.checkpoint), 0)) THEN
                RAISE EXCEPTION 'The audit trail only grows: no record behind its last checkpoint is deleted.'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER checkpoint_is_true BEFORE INSERT ON audit.checkpoint
            FOR EACH ROW EXECUTE FUNCTION audit.check_checkpoint();

        CREATE TRIGGER checkpoint_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.checkpoint
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

        DROP TRIGGER record_only_grows ON audit.record;
        CREATE TRIGGER record_only_grows BEFORE UPDATE OR TRUNCATE ON audit.record
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
        CREATE TRIGGER record_stays AFTER DELETE ON audit.record REFERENCING OLD TABLE AS dropped
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_loss();
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TRIGGER record_stays ON audit.record;
        DROP TRIGGER record_only_grows ON audit.record;
        CREATE TRIGGER record_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.record
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
        DROP TABLE audit.checkpoint;
        DROP FUNCTION audit.refuse_loss;
        DROP FUNCTION audit.check_checkpoint;
        """);
}
