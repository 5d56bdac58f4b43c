using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Metering.Migrations;

/// <inheritdoc />
[DbContext(typeof(MeteringDbContext))]
[Migration("20261121165500_Rearming")]
public partial class Rearming : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE metering.budget_period_state ADD COLUMN rearmed_basis_points integer[] NOT NULL DEFAULT '{}';
        ALTER TABLE metering.budget_period ADD COLUMN sampled_at timestamptz;
        ALTER TABLE metering.budget_period ADD COLUMN sampled_nano_usd bigint NOT NULL DEFAULT 0;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE metering.budget_period DROP COLUMN sampled_nano_usd;
        ALTER TABLE metering.budget_period DROP COLUMN sampled_at;
        ALTER TABLE metering.budget_period_state DROP COLUMN rearmed_basis_points;
        """);
}
