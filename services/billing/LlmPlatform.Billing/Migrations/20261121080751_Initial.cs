using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace LlmPlatform.Billing.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "billing");

            migrationBuilder.CreateTable(
                name: "inbox_message",
                schema: "billing",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    handled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox_message", x => new { x.message_id, x.consumer });
                });

            migrationBuilder.CreateTable(
                name: "outbox_message",
                schema: "billing",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    message_type = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    correlation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    conversation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    initiator_id = table.Column<Guid>(type: "uuid", nullable: true),
                    destination_address = table.Column<string>(type: "text", nullable: true),
                    trace_parent = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    parked_reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_message", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "price_book",
                schema: "billing",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_price_book", x => x.id);
                    table.CheckConstraint("ck_price_book_one_row", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "price_version",
                schema: "billing",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    version_id = table.Column<string>(type: "character varying(19)", maxLength: 19, nullable: false),
                    sku = table.Column<string>(type: "text", nullable: false),
                    effective_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    input = table.Column<decimal>(type: "numeric(28,12)", nullable: false),
                    output = table.Column<decimal>(type: "numeric(28,12)", nullable: false),
                    cached_input = table.Column<decimal>(type: "numeric(28,12)", nullable: true),
                    cache_write_5m = table.Column<decimal>(type: "numeric(28,12)", nullable: true),
                    cache_write_1h = table.Column<decimal>(type: "numeric(28,12)", nullable: true),
                    reasoning = table.Column<decimal>(type: "numeric(28,12)", nullable: true),
                    audio_input = table.Column<decimal>(type: "numeric(28,12)", nullable: true),
                    audio_output = table.Column<decimal>(type: "numeric(28,12)", nullable: true),
                    request = table.Column<decimal>(type: "numeric(28,12)", nullable: false),
                    source = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    superseded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_price_version", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "usage_quarantine",
                schema: "billing",
                columns: table => new
                {
                    edge_id = table.Column<Guid>(type: "uuid", nullable: false),
                    edge_epoch = table.Column<long>(type: "bigint", nullable: false),
                    edge_sequence = table.Column<long>(type: "bigint", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_version = table.Column<int>(type: "integer", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    payload = table.Column<string>(type: "json", nullable: false),
                    reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    quarantined_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_usage_quarantine", x => new { x.edge_id, x.edge_epoch, x.edge_sequence });
                });

            migrationBuilder.CreateIndex(
                name: "ix_inbox_message_handled_at",
                schema: "billing",
                table: "inbox_message",
                column: "handled_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_waiting",
                schema: "billing",
                table: "outbox_message",
                column: "id",
                filter: "parked_reason IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_price_version_version_id",
                schema: "billing",
                table: "price_version",
                column: "version_id");

            migrationBuilder.CreateIndex(
                name: "ux_price_version_in_force",
                schema: "billing",
                table: "price_version",
                columns: new[] { "sku", "effective_from" },
                unique: true,
                filter: "superseded_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_usage_quarantine_tenant_occurred_at",
                schema: "billing",
                table: "usage_quarantine",
                columns: new[] { "tenant", "occurred_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "inbox_message",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "outbox_message",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "price_book",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "price_version",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "usage_quarantine",
                schema: "billing");
        }
    }
}
