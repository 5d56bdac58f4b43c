using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace LlmPlatform.Billing.Migrations
{
    /// <inheritdoc />
    public partial class Bills : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "bill",
                schema: "billing",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    period = table.Column<string>(type: "character varying(7)", maxLength: 7, nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    author = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    approved_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    approved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    series = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    number = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    issued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    document = table.Column<string>(type: "text", nullable: false),
                    content_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    previous_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bill", x => x.id);
                    table.CheckConstraint("ck_bill_approved", "state IN ('draft', 'review') OR (approved_by IS NOT NULL)");
                    table.CheckConstraint("ck_bill_four_eyes", "approved_by <> author");
                    table.CheckConstraint("ck_bill_issued", "state IN ('draft', 'review', 'approved') = (number IS NULL) AND (number IS NULL) = (content_hash IS NULL) AND (number IS NULL) = (issued_at IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "billing_terms",
                schema: "billing",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    from_period = table.Column<string>(type: "character varying(7)", maxLength: 7, nullable: false),
                    terms = table.Column<string>(type: "json", nullable: false),
                    source = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_billing_terms", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "exchange_rate",
                schema: "billing",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    per_usd = table.Column<decimal>(type: "numeric(18,8)", nullable: false),
                    source = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_exchange_rate", x => x.id);
                    table.CheckConstraint("ck_exchange_rate_positive", "per_usd > 0");
                });

            migrationBuilder.CreateTable(
                name: "credit_note",
                schema: "billing",
                columns: table => new
                {
                    number = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    bill_id = table.Column<string>(type: "text", nullable: false),
                    amount = table.Column<decimal>(type: "numeric(28,12)", nullable: false),
                    tax = table.Column<decimal>(type: "numeric(28,12)", nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    proposed_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    approved_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    issued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    content_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    previous_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_credit_note", x => x.number);
                    table.CheckConstraint("ck_credit_note_amount", "amount > 0 AND tax >= 0 AND tax <= amount");
                    table.ForeignKey(
                        name: "fk_credit_note_bill",
                        column: x => x.bill_id,
                        principalSchema: "billing",
                        principalTable: "bill",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ux_bill_number",
                schema: "billing",
                table: "bill",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_bill_tenant_period",
                schema: "billing",
                table: "bill",
                columns: new[] { "tenant", "period" },
                unique: true,
                filter: "state <> 'voided'");

            migrationBuilder.CreateIndex(
                name: "ix_billing_terms_tenant",
                schema: "billing",
                table: "billing_terms",
                columns: new[] { "tenant", "from_period" });

            migrationBuilder.CreateIndex(
                name: "ix_credit_note_bill_id",
                schema: "billing",
                table: "credit_note",
                column: "bill_id");

            migrationBuilder.CreateIndex(
                name: "ix_exchange_rate_currency_day",
                schema: "billing",
                table: "exchange_rate",
                columns: new[] { "currency", "day" });

            migrationBuilder.Sql(EmbeddedSql.Read("Bills.bills.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "billing_terms",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "credit_note",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "exchange_rate",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "bill",
                schema: "billing");

            migrationBuilder.Sql(
                """
                DROP TABLE billing.document_series;
                DROP FUNCTION billing.count_series, billing.freeze_bill;
                """);
        }
    }
}
