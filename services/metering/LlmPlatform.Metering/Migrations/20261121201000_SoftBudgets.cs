using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Metering.Migrations;

/// <inheritdoc />
[DbContext(typeof(MeteringDbContext))]
[Migration("20261121201000_SoftBudgets")]
public partial class SoftBudgets : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE metering.budget ADD COLUMN soft boolean NOT NULL DEFAULT false;");

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE metering.budget DROP COLUMN soft;");
}
