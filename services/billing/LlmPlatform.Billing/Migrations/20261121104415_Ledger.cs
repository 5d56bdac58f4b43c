using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Billing.Migrations
{
    /// <inheritdoc />
    public partial class Ledger : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Ledger.ledger.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TABLE billing.ledger_entry, billing.ledger_transaction, billing.ledger_account,
                    billing.usage_received, billing.rollup_slot;
                DROP SEQUENCE billing.rollup_version;
                DROP FUNCTION billing.refuse_change, billing.require_open_transaction, billing.require_balance;
                """);
        }
    }
}
