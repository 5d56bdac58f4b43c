using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Billing.Migrations;

/// <inheritdoc />
[DbContext(typeof(BillingDbContext))]
[Migration("20261121200000_WebFees")]
public partial class WebFees : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE billing.price_version ADD COLUMN web_search numeric(28,12), ADD COLUMN web_fetch numeric(28,12);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "ALTER TABLE billing.price_version DROP COLUMN web_search, DROP COLUMN web_fetch;");
}
