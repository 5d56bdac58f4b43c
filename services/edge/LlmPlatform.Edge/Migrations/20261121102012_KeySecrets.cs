using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Edge.Migrations
{
    /// <inheritdoc />
    public partial class KeySecrets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deactivated_at",
                schema: "edge",
                table: "virtual_key",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "key_secret",
                schema: "edge",
                columns: table => new
                {
                    hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    key_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    prefix = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_key_secret", x => x.hash);
                    table.ForeignKey(
                        name: "FK_key_secret_virtual_key_key_id",
                        column: x => x.key_id,
                        principalSchema: "edge",
                        principalTable: "virtual_key",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_key_secret_key_id",
                schema: "edge",
                table: "key_secret",
                column: "key_id");

            migrationBuilder.Sql(
                """
                INSERT INTO edge.key_secret (hash, key_id, prefix, created_at)
                SELECT secret_hash, id, secret_prefix, created_at FROM edge.virtual_key
                """);

            migrationBuilder.DropIndex(
                name: "IX_virtual_key_secret_hash",
                schema: "edge",
                table: "virtual_key");

            migrationBuilder.DropColumn(
                name: "secret_hash",
                schema: "edge",
                table: "virtual_key");

            migrationBuilder.DropColumn(
                name: "secret_prefix",
                schema: "edge",
                table: "virtual_key");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "deactivated_at",
                schema: "edge",
                table: "virtual_key");

            migrationBuilder.AddColumn<string>(
                name: "secret_hash",
                schema: "edge",
                table: "virtual_key",
                type: "character varying(64)",
                maxLength: 64,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "secret_prefix",
                schema: "edge",
                table: "virtual_key",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "");

            // One hash a key: a secret that lives on from a rotation dies here.
            migrationBuilder.Sql(
                """
                UPDATE edge.virtual_key k SET secret_hash = s.hash, secret_prefix = s.prefix
                FROM edge.key_secret s WHERE s.key_id = k.id AND s.ends_at IS NULL
                """);

            migrationBuilder.DropTable(
                name: "key_secret",
                schema: "edge");

            migrationBuilder.CreateIndex(
                name: "IX_virtual_key_secret_hash",
                schema: "edge",
                table: "virtual_key",
                column: "secret_hash",
                unique: true);
        }
    }
}
