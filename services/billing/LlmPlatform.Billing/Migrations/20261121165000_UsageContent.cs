using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Billing.Migrations;

/// <inheritdoc />
[DbContext(typeof(BillingDbContext))]
[Migration("20261121165000_UsageContent")]
public partial class UsageContent : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE billing.ledger_entry ADD COLUMN content uuid;");

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE billing.ledger_entry DROP COLUMN content;");
}
