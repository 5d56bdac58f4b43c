using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// How often the entries were changed; one row. Whoever changes them holds it until they are written.
/// </summary>
internal sealed class CatalogRevision
{
    public const int Only = 1;

    public required int Id { get; init; }

    public required long Revision { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<CatalogRevision>
    {
        public void Configure(EntityTypeBuilder<CatalogRevision> builder)
        {
            builder.ToTable("catalog_revision");
            builder.HasKey(row => row.Id).HasName("pk_catalog_revision");
            builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(row => row.Revision).HasColumnName("revision");
            builder.HasData(new CatalogRevision { Id = Only, Revision = 0 });
        }
    }
}
