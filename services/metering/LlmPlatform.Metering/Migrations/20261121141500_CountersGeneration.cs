using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.Metering.Migrations
{
    /// <inheritdoc />
    public partial class CountersGeneration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "counters_generation",
                schema: "metering",
                table: "limits_version",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "counters_generation",
                schema: "metering",
                table: "limits_version");
        }
    }
}
