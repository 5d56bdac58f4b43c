using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Billing.Migrations;

/// <inheritdoc />
[DbContext(typeof(BillingDbContext))]
[Migration("20261121140000_Completeness")]
public partial class Completeness : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(EmbeddedSql.Read("Completeness.completeness.sql"));

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            "DROP TABLE billing.spool_watermark, billing.spool_sign_off, billing.expired_hold;");
}
