using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Metering.Migrations;

/// <inheritdoc />
[DbContext(typeof(MeteringDbContext))]
[Migration("20261121164500_UsageConflicts")]
public partial class UsageConflicts : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            CREATE TABLE metering.usage_conflict
            (
                edge_id uuid NOT NULL,
                edge_epoch bigint NOT NULL,
                edge_sequence bigint NOT NULL,
                event_id uuid NOT NULL,
                event_version integer NOT NULL,
                tenant text NOT NULL,
                occurred_at timestamptz NOT NULL,
                cost_nano_usd bigint NOT NULL,
                reason text NOT NULL,
                payload json NOT NULL,
                found_at timestamptz NOT NULL,
                -- The same place in the same spool is the same delivery: a repeat changes nothing.
                CONSTRAINT pk_usage_conflict PRIMARY KEY (edge_id, edge_epoch, edge_sequence)
            );
            CREATE INDEX ix_usage_conflict_found_at ON metering.usage_conflict (found_at);
            """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("DROP TABLE metering.usage_conflict;");
}
