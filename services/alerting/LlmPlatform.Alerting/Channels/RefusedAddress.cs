using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Alerting.Channels;

/// <summary>An address of a channel that its mail server has refused for good.</summary>
internal sealed class RefusedAddress
{
    public required string Channel { get; init; }

    public required string Address { get; init; }

    /// <summary>What the server said last: 500 to 599.</summary>
    public required int Reply { get; init; }

    /// <summary>When it was refused first, with no mail taken since.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was refused last: for a while after it no mail is sent there.</summary>
    public required DateTimeOffset LastAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<RefusedAddress>
    {
        public void Configure(EntityTypeBuilder<RefusedAddress> builder)
        {
            builder.ToTable("refused_address");
            builder.HasKey(refused => new { refused.Channel, refused.Address }).HasName("pk_refused_address");
            builder.Property(refused => refused.Channel).HasColumnName("channel");
            builder.Property(refused => refused.Address).HasColumnName("address");
            builder.Property(refused => refused.Reply).HasColumnName("reply");
            builder.Property(refused => refused.Since).HasColumnName("since");
            builder.Property(refused => refused.LastAt).HasColumnName("last_at");
        }
    }
}
