using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Audit.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "audit");

            migrationBuilder.CreateTable(
                name: "head",
                schema: "audit",
                columns: table => new
                {
                    chain = table.Column<int>(type: "integer", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_head", x => x.chain);
                    table.CheckConstraint("ck_head_one", "chain = 1");
                });

            migrationBuilder.CreateTable(
                name: "record",
                schema: "audit",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: true),
                    key_id = table.Column<string>(type: "text", nullable: true),
                    actor = table.Column<string>(type: "text", nullable: true),
                    action = table.Column<string>(type: "text", nullable: true),
                    resource = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<int>(type: "integer", nullable: true),
                    error_code = table.Column<string>(type: "text", nullable: true),
                    model = table.Column<string>(type: "text", nullable: true),
                    provider = table.Column<string>(type: "text", nullable: true),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    previous_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_record", x => x.sequence);
                });

            migrationBuilder.InsertData(
                schema: "audit",
                table: "head",
                columns: new[] { "chain", "hash", "sequence" },
                values: new object[] { 1, new byte[] { 17, 109, 195, 38, 7, 5, 55, 134, 203, 56, 37, 127, 86, 55, 34, 149, 13, 23, 212, 199, 184, 139, 80, 200, 6, 166, 109, 144, 132, 216, 227, 44 }, 0L });

            migrationBuilder.CreateIndex(
                name: "ix_record_admin_change",
                schema: "audit",
                table: "record",
                columns: new[] { "kind", "sequence" },
                filter: "kind = 'admin_change'");

            migrationBuilder.CreateIndex(
                name: "ix_record_key",
                schema: "audit",
                table: "record",
                columns: new[] { "key_id", "sequence" });

            migrationBuilder.CreateIndex(
                name: "ix_record_occurred_at",
                schema: "audit",
                table: "record",
                column: "occurred_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "ix_record_tenant",
                schema: "audit",
                table: "record",
                columns: new[] { "tenant", "sequence" });

            migrationBuilder.CreateIndex(
                name: "ux_record_record_id",
                schema: "audit",
                table: "record",
                column: "record_id",
                unique: true);

            migrationBuilder.Sql(OnlyGrows);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "head",
                schema: "audit");

            migrationBuilder.DropTable(
                name: "record",
                schema: "audit");

            migrationBuilder.Sql("DROP FUNCTION audit.refuse_change");
        }

        // Not even the service's own role can change or delete a record, or move the head back, by mistake or otherwise,
        // without taking these triggers off first. What a superuser does then, the chain shows.
        private const string OnlyGrows =
            """
            CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'The audit trail only grows: % of audit.% is refused.', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $$;

            CREATE TRIGGER record_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.record
                FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

            CREATE TRIGGER head_stays BEFORE DELETE OR TRUNCATE ON audit.head
                FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

            CREATE TRIGGER head_only_advances BEFORE UPDATE ON audit.head
                FOR EACH ROW WHEN (NEW.sequence <= OLD.sequence) EXECUTE FUNCTION audit.refuse_change();
            """;
    }
}
