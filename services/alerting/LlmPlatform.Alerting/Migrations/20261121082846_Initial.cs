using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace LlmPlatform.Alerting.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "alerting");

            migrationBuilder.CreateTable(
                name: "alert",
                schema: "alerting",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    budget_id = table.Column<string>(type: "text", nullable: false),
                    budget_name = table.Column<string>(type: "text", nullable: false),
                    scope = table.Column<string>(type: "text", nullable: false),
                    period_id = table.Column<string>(type: "text", nullable: false),
                    period_starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    period_ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    threshold_bp = table.Column<int>(type: "integer", nullable: false),
                    spent_nano_usd = table.Column<long>(type: "bigint", nullable: false),
                    limit_nano_usd = table.Column<long>(type: "bigint", nullable: false),
                    enforced = table.Column<bool>(type: "boolean", nullable: false),
                    crossed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_alert", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inbox_message",
                schema: "alerting",
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
                schema: "alerting",
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
                name: "delivery",
                schema: "alerting",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    alert_id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    give_up_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    delivered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_result = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delivery", x => x.id);
                    table.ForeignKey(
                        name: "fk_delivery_alert",
                        column: x => x.alert_id,
                        principalSchema: "alerting",
                        principalTable: "alert",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ux_alert_crossing",
                schema: "alerting",
                table: "alert",
                columns: new[] { "budget_id", "period_id", "threshold_bp" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_alert_number",
                schema: "alerting",
                table: "alert",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_delivery_due",
                schema: "alerting",
                table: "delivery",
                columns: new[] { "channel", "due_at" },
                filter: "state = 'pending'");

            migrationBuilder.CreateIndex(
                name: "ux_delivery_channel",
                schema: "alerting",
                table: "delivery",
                columns: new[] { "alert_id", "channel" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_delivery_number",
                schema: "alerting",
                table: "delivery",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_inbox_message_handled_at",
                schema: "alerting",
                table: "inbox_message",
                column: "handled_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_waiting",
                schema: "alerting",
                table: "outbox_message",
                column: "id",
                filter: "parked_reason IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "delivery",
                schema: "alerting");

            migrationBuilder.DropTable(
                name: "inbox_message",
                schema: "alerting");

            migrationBuilder.DropTable(
                name: "outbox_message",
                schema: "alerting");

            migrationBuilder.DropTable(
                name: "alert",
                schema: "alerting");
        }
    }
}
