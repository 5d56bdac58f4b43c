using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Alerting.Migrations;

/// <inheritdoc />
[DbContext(typeof(AlertingDbContext))]
[Migration("20261121200000_TokenBudgets")]
public partial class TokenBudgets : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE alerting.alert ADD COLUMN spent_tokens bigint;
        ALTER TABLE alerting.alert ADD COLUMN limit_tokens bigint;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE alerting.alert DROP COLUMN limit_tokens;
        ALTER TABLE alerting.alert DROP COLUMN spent_tokens;
        """);
}
