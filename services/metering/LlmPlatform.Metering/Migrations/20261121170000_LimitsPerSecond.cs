using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Metering.Migrations;

/// <inheritdoc />
[DbContext(typeof(MeteringDbContext))]
[Migration("20261121170000_LimitsPerSecond")]
public partial class LimitsPerSecond : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE metering.rate_limit ADD COLUMN requests_per_second bigint;
        ALTER TABLE metering.rate_limit ADD COLUMN tokens_per_second bigint;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE metering.rate_limit DROP COLUMN tokens_per_second;
        ALTER TABLE metering.rate_limit DROP COLUMN requests_per_second;
        """);
}
