using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Edge.Migrations
{
    /// <inheritdoc />
    public partial class RolesAndUsers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_virtual_key_tenant",
                schema: "edge",
                table: "virtual_key");

            migrationBuilder.AddColumn<string>(
                name: "role",
                schema: "edge",
                table: "virtual_key",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "user");

            migrationBuilder.CreateTable(
                name: "platform_user",
                schema: "edge",
                columns: table => new
                {
                    tenant = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    email = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: true),
                    source = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deactivated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_platform_user", x => new { x.tenant, x.name });
                    table.ForeignKey(
                        name: "FK_platform_user_tenant_tenant",
                        column: x => x.tenant,
                        principalSchema: "edge",
                        principalTable: "tenant",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_virtual_key_tenant_user_name",
                schema: "edge",
                table: "virtual_key",
                columns: new[] { "tenant", "user_name" });

            migrationBuilder.Sql(
                """
                INSERT INTO edge.platform_user (tenant, name, source, created_at)
                SELECT tenant, user_name, min(source), min(created_at) FROM edge.virtual_key
                WHERE user_name IS NOT NULL GROUP BY tenant, user_name
                """);

            migrationBuilder.AddForeignKey(
                name: "FK_virtual_key_platform_user_tenant_user_name",
                schema: "edge",
                table: "virtual_key",
                columns: new[] { "tenant", "user_name" },
                principalSchema: "edge",
                principalTable: "platform_user",
                principalColumns: new[] { "tenant", "name" },
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_virtual_key_platform_user_tenant_user_name",
                schema: "edge",
                table: "virtual_key");

            migrationBuilder.DropTable(
                name: "platform_user",
                schema: "edge");

            migrationBuilder.DropIndex(
                name: "IX_virtual_key_tenant_user_name",
                schema: "edge",
                table: "virtual_key");

            migrationBuilder.DropColumn(
                name: "role",
                schema: "edge",
                table: "virtual_key");

            migrationBuilder.CreateIndex(
                name: "IX_virtual_key_tenant",
                schema: "edge",
                table: "virtual_key",
                column: "tenant");
        }
    }
}
