using LlmPlatform.Money;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Metering.Limits;

/// <summary>A limit as it was declared last: at most one for a scope and whom it is counted for.</summary>
internal sealed class RateLimit
{
    private const int IdDigits = 20;

    /// <summary>Follows from scope and each, so that it is the same on every replica and after a return.</summary>
    public required string Id { get; init; }

    public required string Scope { get; init; }

    /// <summary><c>tenant</c>, <c>user</c>, <c>key</c> or <c>ip</c>; null: the scope shares one count.</summary>
    public required string? Each { get; init; }

    public RateFigures Figures { get; private set; } = new();

    public string Source { get; private set; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; private set; }

    public static RateLimit About(string scope, string? each, DateTimeOffset now) =>
        new() { Id = IdOf(scope, each), Scope = scope, Each = each, CreatedAt = now };

    public static string IdOf(string scope, string? each) =>
        "lim_" + EventIdentity.Named($"limit:{scope}:{each}").ToString("N")[..IdDigits];

    /// <summary>Takes what was declared.</summary>
    /// <returns>False when it says, and is declared by, the same already.</returns>
    public bool Declare(RateFigures figures, string source, DateTimeOffset now)
    {
        if (Figures == figures && Source == source)
            return false;
        Figures = figures;
        Source = source;
        ChangedAt = now;
        return true;
    }

    public RateLimitDefinition Definition() => new()
    {
        Id = Id,
        Scope = Scope,
        Each = Each,
        RequestsPerSecond = Figures.RequestsPerSecond,
        RequestsPerMinute = Figures.RequestsPerMinute,
        RequestsPerHour = Figures.RequestsPerHour,
        RequestsPerDay = Figures.RequestsPerDay,
        TokensPerSecond = Figures.TokensPerSecond,
        TokensPerMinute = Figures.TokensPerMinute,
        TokensPerHour = Figures.TokensPerHour,
        TokensPerDay = Figures.TokensPerDay,
        MaxParallel = Figures.MaxParallel,
        Burst = Figures.Burst,
    };

    internal sealed class Mapping : IEntityTypeConfiguration<RateLimit>
    {
        public void Configure(EntityTypeBuilder<RateLimit> builder)
        {
            builder.ToTable("rate_limit").HasKey(limit => limit.Id).HasName("pk_rate_limit");
            builder.Property(limit => limit.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(limit => limit.Scope).HasColumnName("scope");
            builder.Property(limit => limit.Each).HasColumnName("each");
            builder.Property(limit => limit.Source).HasColumnName("source");
            builder.Property(limit => limit.CreatedAt).HasColumnName("created_at");
            builder.Property(limit => limit.ChangedAt).HasColumnName("changed_at");
            builder.ComplexProperty(limit => limit.Figures, figures =>
            {
                figures.Property(figure => figure.RequestsPerSecond).HasColumnName("requests_per_second");
                figures.Property(figure => figure.RequestsPerMinute).HasColumnName("requests_per_minute");
                figures.Property(figure => figure.RequestsPerHour).HasColumnName("requests_per_hour");
                figures.Property(figure => figure.RequestsPerDay).HasColumnName("requests_per_day");
                figures.Property(figure => figure.TokensPerSecond).HasColumnName("tokens_per_second");
                figures.Property(figure => figure.TokensPerMinute).HasColumnName("tokens_per_minute");
                figures.Property(figure => figure.TokensPerHour).HasColumnName("tokens_per_hour");
                figures.Property(figure => figure.TokensPerDay).HasColumnName("tokens_per_day");
                figures.Property(figure => figure.MaxParallel).HasColumnName("max_parallel");
                figures.Property(figure => figure.Burst).HasColumnName("burst");
            });
        }
    }
}
