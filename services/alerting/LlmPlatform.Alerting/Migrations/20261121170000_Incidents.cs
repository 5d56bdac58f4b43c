using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Alerting.Migrations;

/// <inheritdoc />
[DbContext(typeof(AlertingDbContext))]
[Migration("20261121170000_Incidents")]
public partial class Incidents : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE alerting.alert ADD COLUMN episode integer NOT NULL DEFAULT 0;
        ALTER TABLE alerting.alert ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';
        ALTER TABLE alerting.alert ADD COLUMN shared_users text[] NOT NULL DEFAULT '{}';
        DROP INDEX alerting.ux_alert_crossing;
        CREATE UNIQUE INDEX ux_alert_crossing ON alerting.alert (budget_id, period_id, threshold_bp, episode);

        ALTER TABLE alerting.delivery ADD COLUMN urgent boolean NOT NULL DEFAULT true;
        ALTER TABLE alerting.delivery ADD COLUMN trouble_key text;
        ALTER TABLE alerting.delivery ADD COLUMN is_over boolean NOT NULL DEFAULT false;
        ALTER TABLE alerting.delivery ADD COLUMN gathered_in uuid;
        CREATE INDEX ix_delivery_delivered ON alerting.delivery (channel, delivered_at) WHERE state = 'delivered';
        CREATE INDEX ix_delivery_trouble ON alerting.delivery (trouble_key) WHERE trouble_key IS NOT NULL;

        CREATE TABLE alerting.incident (
            id uuid NOT NULL CONSTRAINT pk_incident PRIMARY KEY,
            number bigint GENERATED ALWAYS AS IDENTITY,
            condition text NOT NULL,
            subject text NOT NULL,
            episode integer NOT NULL,
            severity text NOT NULL,
            title text NOT NULL,
            opened_at timestamptz NOT NULL,
            heard_at timestamptz NOT NULL,
            expires_at timestamptz,
            resolved_at timestamptz);
        CREATE UNIQUE INDEX ux_incident_episode ON alerting.incident (condition, subject, episode);
        CREATE UNIQUE INDEX ux_incident_number ON alerting.incident (number);
        CREATE INDEX ix_incident_expires ON alerting.incident (expires_at) WHERE resolved_at IS NULL;

        CREATE TABLE alerting.spending_sample (
            budget_id text NOT NULL,
            taken_at timestamptz NOT NULL,
            period_id text NOT NULL,
            period_starts_at timestamptz NOT NULL,
            spent_nano_usd bigint NOT NULL,
            CONSTRAINT pk_spending_sample PRIMARY KEY (budget_id, taken_at, period_id));
        CREATE INDEX ix_spending_sample_taken_at ON alerting.spending_sample (taken_at);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE alerting.spending_sample;
        DROP TABLE alerting.incident;
        ALTER TABLE alerting.delivery DROP COLUMN gathered_in, DROP COLUMN is_over, DROP COLUMN trouble_key,
            DROP COLUMN urgent;
        DELETE FROM alerting.alert WHERE episode > 0;
        DROP INDEX alerting.ux_alert_crossing;
        ALTER TABLE alerting.alert DROP COLUMN shared_users, DROP COLUMN time_zone, DROP COLUMN episode;
        CREATE UNIQUE INDEX ux_alert_crossing ON alerting.alert (budget_id, period_id, threshold_bp);
        """);
}
