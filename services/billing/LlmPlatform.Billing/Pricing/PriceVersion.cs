using LlmPlatform.Money.Pricing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// A price as it was known for a while: <c>EffectiveFrom</c> says when it applies, <c>RecordedAt</c> and
/// <c>SupersededAt</c> say when we held it to be so. A row is never changed but to be superseded.
/// </summary>
internal sealed class PriceVersion
{
    public long Id { get; init; }

    public required string VersionId { get; init; }

    public required string Sku { get; init; }

    public required DateTimeOffset EffectiveFrom { get; init; }

    public required decimal Input { get; init; }

    public required decimal Output { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite5m { get; init; }

    public decimal? CacheWrite1h { get; init; }

    public decimal? Reasoning { get; init; }

    public decimal? AudioInput { get; init; }

    public decimal? AudioOutput { get; init; }

    public decimal? ImageInput { get; init; }

    public decimal? ImageOutput { get; init; }

    public decimal? WebSearch { get; init; }

    public decimal? WebFetch { get; init; }

    public required decimal Request { get; init; }

    /// <summary>The variants as JSON, in the order of their conditions; null: none.</summary>
    public string? Variants { get; init; }

    public required string Source { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public DateTimeOffset? SupersededAt { get; set; }

    public static PriceVersion Record(Price price, string source, DateTimeOffset at) => new()
    {
        VersionId = price.VersionId,
        Sku = price.Sku,
        EffectiveFrom = price.EffectiveFrom,
        Input = price.Input,
        Output = price.Output,
        CachedInput = price.CachedInput,
        CacheWrite5m = price.CacheWrite5m,
        CacheWrite1h = price.CacheWrite1h,
        Reasoning = price.Reasoning,
        AudioInput = price.AudioInput,
        AudioOutput = price.AudioOutput,
        ImageInput = price.ImageInput,
        ImageOutput = price.ImageOutput,
        WebSearch = price.WebSearch,
        WebFetch = price.WebFetch,
        Request = price.Request,
        Variants = PriceVariants.Write(price.Variants),
        Source = source,
        RecordedAt = at,
    };

    public Price ToPrice() => new()
    {
        VersionId = VersionId,
        Sku = Sku,
        EffectiveFrom = EffectiveFrom,
        Input = Input.Trimmed(),
        Output = Output.Trimmed(),
        CachedInput = CachedInput?.Trimmed(),
        CacheWrite5m = CacheWrite5m?.Trimmed(),
        CacheWrite1h = CacheWrite1h?.Trimmed(),
        Reasoning = Reasoning?.Trimmed(),
        AudioInput = AudioInput?.Trimmed(),
        AudioOutput = AudioOutput?.Trimmed(),
        ImageInput = ImageInput?.Trimmed(),
        ImageOutput = ImageOutput?.Trimmed(),
        WebSearch = WebSearch?.Trimmed(),
        WebFetch = WebFetch?.Trimmed(),
        Request = Request.Trimmed(),
        Variants = PriceVariants.Read(Variants),
    };

    internal sealed class Mapping : IEntityTypeConfiguration<PriceVersion>
    {
        private const string Amount = "numeric(28,12)";

        public void Configure(EntityTypeBuilder<PriceVersion> builder)
        {
            builder.ToTable("price_version");
            builder.HasKey(row => row.Id).HasName("pk_price_version");
            builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            builder.Property(row => row.VersionId).HasColumnName("version_id").HasMaxLength(PriceVersionId.Length);
            builder.Property(row => row.Sku).HasColumnName("sku");
            builder.Property(row => row.EffectiveFrom).HasColumnName("effective_from");
            builder.Property(row => row.Input).HasColumnName("input").HasColumnType(Amount);
            builder.Property(row => row.Output).HasColumnName("output").HasColumnType(Amount);
            builder.Property(row => row.CachedInput).HasColumnName("cached_input").HasColumnType(Amount);
            builder.Property(row => row.CacheWrite5m).HasColumnName("cache_write_5m").HasColumnType(Amount);
            builder.Property(row => row.CacheWrite1h).HasColumnName("cache_write_1h").HasColumnType(Amount);
            builder.Property(row => row.Reasoning).HasColumnName("reasoning").HasColumnType(Amount);
            builder.Property(row => row.AudioInput).HasColumnName("audio_input").HasColumnType(Amount);
            builder.Property(row => row.AudioOutput).HasColumnName("audio_output").HasColumnType(Amount);
            builder.Property(row => row.ImageInput).HasColumnName("image_input").HasColumnType(Amount);
            builder.Property(row => row.ImageOutput).HasColumnName("image_output").HasColumnType(Amount);
            builder.Property(row => row.WebSearch).HasColumnName("web_search").HasColumnType(Amount);
            builder.Property(row => row.WebFetch).HasColumnName("web_fetch").HasColumnType(Amount);
            builder.Property(row => row.Variants).HasColumnName("variants").HasColumnType("json");
            builder.Property(row => row.Request).HasColumnName("request").HasColumnType(Amount);
            builder.Property(row => row.Source).HasColumnName("source").HasMaxLength(100);
            builder.Property(row => row.RecordedAt).HasColumnName("recorded_at");
            builder.Property(row => row.SupersededAt).HasColumnName("superseded_at");

            // At most one price of a deployment holds from any instant.
            builder.HasIndex(row => new { row.Sku, row.EffectiveFrom }).IsUnique()
                .HasFilter("superseded_at IS NULL").HasDatabaseName("ux_price_version_in_force");
            builder.HasIndex(row => row.VersionId).HasDatabaseName("ix_price_version_version_id");
        }
    }
}
