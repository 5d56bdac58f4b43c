using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Billing.Migrations
{
    /// <inheritdoc />
    public partial class LedgerAccountIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // What a tenant used in a month is summed for every bill: from the index alone, not over all that was posted.
            migrationBuilder.Sql(
                """
                CREATE INDEX ix_ledger_entry_account ON billing.ledger_entry (account_id, occurred_at) INCLUDE (amount)
                    WHERE event_id IS NOT NULL;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX billing.ix_ledger_entry_account;");
        }
    }
}
