using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Metering.Migrations
{
    /// <inheritdoc />
    public partial class LimitsPerSecond : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "requests_per_second",
                schema: "metering",
                table: "rate_limit",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "tokens_per_second",
                schema: "metering",
                table: "rate_limit",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "requests_per_second",
                schema: "metering",
                table: "rate_limit");

            migrationBuilder.DropColumn(
                name: "tokens_per_second",
                schema: "metering",
                table: "rate_limit");
        }
    }
}
