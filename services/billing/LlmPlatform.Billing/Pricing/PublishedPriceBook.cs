using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Pricing;

/// <summary>The one row that counts the changes of the price book.</summary>
internal sealed class PublishedPriceBook
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    public required long Version { get; set; }

    public required DateTimeOffset PublishedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<PublishedPriceBook>
    {
        public void Configure(EntityTypeBuilder<PublishedPriceBook> builder)
        {
            builder.ToTable("price_book", table => table.HasCheckConstraint("ck_price_book_one_row", "id = 1"));
            builder.HasKey(row => row.Id).HasName("pk_price_book");
            builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(row => row.Version).HasColumnName("version");
            builder.Property(row => row.PublishedAt).HasColumnName("published_at");
        }
    }
}
