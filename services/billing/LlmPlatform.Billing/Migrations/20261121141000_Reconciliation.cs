using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Billing.Migrations;

/// <inheritdoc />
[DbContext(typeof(BillingDbContext))]
[Migration("20261121141000_Reconciliation")]
public partial class Reconciliation : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(EmbeddedSql.Read("Reconciliation.reconciliation.sql"));

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("DROP TABLE billing.reconciliation; DROP FUNCTION billing.keep_reconciliation;");
}
