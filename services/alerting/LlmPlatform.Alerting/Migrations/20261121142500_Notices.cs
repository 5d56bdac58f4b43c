using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Alerting.Migrations;

/// <inheritdoc />
[DbContext(typeof(AlertingDbContext))]
[Migration("20261121142500_Notices")]
public partial class Notices : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE alerting.delivery ALTER COLUMN alert_id DROP NOT NULL;
        ALTER TABLE alerting.delivery ADD COLUMN notice text;
        ALTER TABLE alerting.delivery ADD CONSTRAINT ck_delivery_content
            CHECK ((alert_id IS NULL) <> (notice IS NULL));
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DELETE FROM alerting.delivery WHERE alert_id IS NULL;
        ALTER TABLE alerting.delivery DROP CONSTRAINT ck_delivery_content;
        ALTER TABLE alerting.delivery DROP COLUMN notice;
        ALTER TABLE alerting.delivery ALTER COLUMN alert_id SET NOT NULL;
        """);
}
