using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Router.Migrations
{
    /// <inheritdoc />
    public partial class AddCatalogEntries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "catalog_entry",
                schema: "router",
                columns: table => new
                {
                    section = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    name = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    encrypted_content = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_catalog_entry", x => new { x.section, x.name });
                });

            migrationBuilder.CreateTable(
                name: "catalog_revision",
                schema: "router",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_catalog_revision", x => x.id);
                });

            migrationBuilder.InsertData(
                schema: "router",
                table: "catalog_revision",
                columns: new[] { "id", "revision" },
                values: new object[] { 1, 0L });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "catalog_entry",
                schema: "router");

            migrationBuilder.DropTable(
                name: "catalog_revision",
                schema: "router");
        }
    }
}
