using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Billing.Migrations
{
    /// <inheritdoc />
    public partial class PriceProposals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<decimal>(
                name: "image_input",
                schema: "billing",
                table: "price_version",
                type: "numeric(28,12)",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "image_output",
                schema: "billing",
                table: "price_version",
                type: "numeric(28,12)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "variants",
                schema: "billing",
                table: "price_version",
                type: "json",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "proposal",
                schema: "billing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    subject = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    payload = table.Column<string>(type: "json", nullable: false),
                    effect = table.Column<string>(type: "json", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    proposed_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    proposed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decided_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_proposal", x => x.id);
                    table.CheckConstraint("ck_proposal_decided", "(state = 'pending') = (decided_by IS NULL)");
                    table.CheckConstraint("ck_proposal_four_eyes", "state <> 'approved' OR decided_by <> proposed_by");
                });

            migrationBuilder.CreateTable(
                name: "unpriced_sku",
                schema: "billing",
                columns: table => new
                {
                    sku = table.Column<string>(type: "text", nullable: false),
                    service_tier = table.Column<string>(type: "text", nullable: false),
                    found_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_unpriced_sku", x => new { x.sku, x.service_tier });
                });

            migrationBuilder.CreateIndex(
                name: "ix_proposal_state",
                schema: "billing",
                table: "proposal",
                columns: new[] { "state", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "proposal",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "unpriced_sku",
                schema: "billing");

            migrationBuilder.DropColumn(
                name: "image_input",
                schema: "billing",
                table: "price_version");

            migrationBuilder.DropColumn(
                name: "image_output",
                schema: "billing",
                table: "price_version");

            migrationBuilder.DropColumn(
                name: "variants",
                schema: "billing",
                table: "price_version");
        }
    }
}
