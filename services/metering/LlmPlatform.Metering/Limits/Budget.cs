using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Metering.Limits;

/// <summary>
/// A budget as it was declared last. One that is no longer declared stays as a retired row: usage that names it may
/// still come, and if it returns it goes on from the revision it had.
/// </summary>
internal sealed class Budget
{
    private const int IdDigits = 20;

    /// <summary>
    /// Follows from name, scope and unit, so that it is the same on every replica and after a return: counting for
    /// someone else, or something else, is another budget, with counters of its own.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Unique among those not retired.</summary>
    public required string Name { get; init; }

    public required string Scope { get; init; }

    /// <summary>0 in a budget of tokens.</summary>
    public long LimitNanoUsd { get; private set; }

    /// <summary>Null in a budget of money. A budget never changes its unit: one of the other is another.</summary>
    public long? LimitTokens { get; private set; }

    public bool CountsTokens => LimitTokens is not null;

    /// <summary>What a period may spend, in its unit, where nothing is added for a while.</summary>
    public long Limit => LimitTokens ?? LimitNanoUsd;

    /// <summary>As the file writes it: <c>monthly</c>, <c>quarterly from april</c>, <c>15m</c>.</summary>
    public string Period { get; private set; } = "";

    public string TimeZone { get; private set; } = "";

    public bool Enforce { get; private set; }

    /// <summary>Whether streams hold a little at a time.</summary>
    public bool IsSoft { get; private set; }

    public int[] ThresholdBasisPoints { get; private set; } = [];

    public string[] Channels { get; private set; } = [];

    public string[] SharedUsers { get; private set; } = [];

    /// <summary>From 1; grows with every change of what the budget says.</summary>
    public long Revision { get; private set; }

    public string Source { get; private set; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the revision in force was made.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>Since when it is no longer declared; null while it is.</summary>
    public DateTimeOffset? RetiredAt { get; private set; }

    /// <summary>All that were asked for, whatever became of them.</summary>
    public List<BudgetIncrease> Increases { get; private set; } = [];

    public BudgetTerms Terms => new()
    {
        LimitNanoUsd = LimitNanoUsd,
        LimitTokens = LimitTokens,
        Period = BudgetPeriodText.TryParse(Period, out var period)
            ? period
            : throw new InvalidDataException($"Budget {Id} has the period '{Period}'."),
        TimeZone = TimeZone,
        Enforce = Enforce,
        IsSoft = IsSoft,
        ThresholdBasisPoints = ThresholdBasisPoints,
        Channels = Channels,
        SharedUsers = SharedUsers,
    };

    public static Budget Named(string name, string scope, bool countsTokens, DateTimeOffset now) =>
        new() { Id = IdOf(name, scope, countsTokens), Name = name, Scope = scope, CreatedAt = now };

    public static string IdOf(string name, string scope, bool countsTokens) =>
        "bud_" + EventIdentity.Named($"budget:{name}:{scope}{(countsTokens ? "\ntokens" : "")}")
            .ToString("N")[..IdDigits];

    /// <summary>An amount of its unit where that is money; 0 otherwise.</summary>
    public long NanoUsdOf(long amount) => CountsTokens ? 0 : amount;

    /// <summary>An amount of its unit in USD; null in a budget of tokens.</summary>
    public decimal? UsdOf(long amount) => CountsTokens ? null : NanoUsd.ToUsd(amount);

    /// <summary>An amount of its unit where that is tokens; null otherwise.</summary>
    public long? TokensOf(long amount) => CountsTokens ? amount : null;

    /// <summary>Takes what was declared.</summary>
    /// <returns>False when it says, and is declared by, the same already.</returns>
    public bool Declare(BudgetTerms terms, string source, DateTimeOffset now)
    {
        var isNews = Revision == 0 || RetiredAt is not null || !Terms.SaysTheSameAs(terms);
        if (!isNews && Source == source)
            return false;

        Source = source;
        if (!isNews)
            return true;

        LimitNanoUsd = terms.LimitNanoUsd;
        LimitTokens = terms.LimitTokens;
        Period = terms.Period.ToString();
        TimeZone = terms.TimeZone;
        Enforce = terms.Enforce;
        IsSoft = terms.IsSoft;
        ThresholdBasisPoints = [.. terms.ThresholdBasisPoints];
        Channels = [.. terms.Channels];
        SharedUsers = [.. terms.SharedUsers];
        Revision++;
        ChangedAt = now;
        RetiredAt = null;
        return true;
    }

    /// <summary>The limit and the revision that hold at an instant.</summary>
    public LimitInForce InForceAt(DateTimeOffset instant) => LimitInForce.At(Limit, Revision, Added, instant);

    /// <summary>Takes an increase into force. Two revisions: that of its time, and that after it.</summary>
    public void Approve(BudgetIncrease increase, string by, DateTimeOffset now)
    {
        increase.Approve(by, now);
        Revision += 2;
        ChangedAt = now;
    }

    /// <summary>Takes an increase back, approved or not.</summary>
    public void Withdraw(BudgetIncrease increase, DateTimeOffset now)
    {
        increase.Withdraw(now);
        if (increase.ApprovedAt is null)
            return;
        Revision++;
        ChangedAt = now;
    }

    public void Retire(DateTimeOffset now) => RetiredAt = now;

    public BudgetDefinition Definition()
    {
        var terms = Terms;
        return new BudgetDefinition
        {
            Id = Id,
            Name = Name,
            Revision = Revision,
            Scope = Scope,
            LimitNanoUsd = LimitNanoUsd,
            LimitTokens = LimitTokens,
            PeriodKind = terms.Period.Kind,
            PeriodLength = terms.Period.Length,
            PeriodFirst = terms.Period.First,
            PeriodFrom = terms.Period.From,
            TimeZone = TimeZone,
            Enforce = Enforce,
            IsSoft = IsSoft,
            ThresholdBasisPoints = ThresholdBasisPoints,
            Channels = Channels,
            SharedUsers = SharedUsers,
            Increases = Added,
        };
    }

    private IReadOnlyList<LimitIncrease> Added =>
        [.. Increases.Select(increase => increase.Added).OfType<LimitIncrease>()];

    internal sealed class Mapping : IEntityTypeConfiguration<Budget>
    {
        public void Configure(EntityTypeBuilder<Budget> builder)
        {
            builder.ToTable("budget").HasKey(budget => budget.Id).HasName("pk_budget");
            builder.Property(budget => budget.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(budget => budget.Name).HasColumnName("name");
            builder.Property(budget => budget.Scope).HasColumnName("scope");
            builder.Property(budget => budget.LimitNanoUsd).HasColumnName("limit_nano_usd");
            builder.Property(budget => budget.LimitTokens).HasColumnName("limit_tokens");
            builder.Property(budget => budget.Period).HasColumnName("period");
            builder.Property(budget => budget.TimeZone).HasColumnName("time_zone");
            builder.Property(budget => budget.Enforce).HasColumnName("enforce");
            builder.Property(budget => budget.IsSoft).HasColumnName("soft");
            builder.Property(budget => budget.ThresholdBasisPoints).HasColumnName("threshold_basis_points");
            builder.Property(budget => budget.Channels).HasColumnName("channels");
            builder.Property(budget => budget.SharedUsers).HasColumnName("shared_users");
            builder.Property(budget => budget.Revision).HasColumnName("revision");
            builder.Property(budget => budget.Source).HasColumnName("source");
            builder.Property(budget => budget.CreatedAt).HasColumnName("created_at");
            builder.Property(budget => budget.ChangedAt).HasColumnName("changed_at");
            builder.Property(budget => budget.RetiredAt).HasColumnName("retired_at");
            builder.Ignore(budget => budget.Terms);
            builder.HasMany(budget => budget.Increases).WithOne().HasForeignKey(increase => increase.BudgetId)
                .HasConstraintName("fk_budget_increase_budget");
            builder.Navigation(budget => budget.Increases).AutoInclude();
            builder.HasIndex(budget => budget.Name).IsUnique().HasFilter("retired_at IS NULL")
                .HasDatabaseName("ux_budget_name");
        }
    }
}
