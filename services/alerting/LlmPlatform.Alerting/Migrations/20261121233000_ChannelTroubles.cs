using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Alerting.Migrations;

/// <inheritdoc />
[DbContext(typeof(AlertingDbContext))]
[Migration("20261121233000_ChannelTroubles")]
public partial class ChannelTroubles : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE alerting.disabled_channel (
            name text NOT NULL CONSTRAINT pk_disabled_channel PRIMARY KEY,
            address_hash text NOT NULL,
            reason text NOT NULL,
            since timestamptz NOT NULL);

        CREATE TABLE alerting.refused_address (
            channel text NOT NULL,
            address text NOT NULL,
            reply integer NOT NULL,
            since timestamptz NOT NULL,
            last_at timestamptz NOT NULL,
            CONSTRAINT pk_refused_address PRIMARY KEY (channel, address));

        ALTER TABLE alerting.incident ADD COLUMN told_at timestamptz;
        UPDATE alerting.incident SET told_at = opened_at;
        ALTER TABLE alerting.incident ALTER COLUMN told_at SET NOT NULL;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        UPDATE alerting.delivery SET state = 'dead' WHERE state = 'channel_disabled';
        ALTER TABLE alerting.incident DROP COLUMN told_at;
        DROP TABLE alerting.refused_address;
        DROP TABLE alerting.disabled_channel;
        """);
}
