using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Metering.Migrations;

/// <inheritdoc />
[DbContext(typeof(MeteringDbContext))]
[Migration("20261121202000_BudgetIncreases")]
public partial class BudgetIncreases : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE metering.budget_increase (
            id uuid NOT NULL CONSTRAINT pk_budget_increase PRIMARY KEY,
            budget_id text NOT NULL CONSTRAINT fk_budget_increase_budget
                REFERENCES metering.budget (id) ON DELETE CASCADE,
            amount bigint NOT NULL,
            until timestamptz NOT NULL,
            reason character varying(500) NOT NULL,
            asked_by text NOT NULL,
            asked_at timestamptz NOT NULL,
            approved_by text,
            approved_at timestamptz,
            withdrawn_at timestamptz,
            CONSTRAINT ck_budget_increase_four_eyes CHECK (approved_by <> asked_by));
        CREATE INDEX ix_budget_increase_budget_id ON metering.budget_increase (budget_id);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("DROP TABLE metering.budget_increase;");
}
