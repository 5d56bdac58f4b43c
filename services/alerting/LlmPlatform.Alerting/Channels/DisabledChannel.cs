using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// A channel whose address has said that it is gone for good. It is so for that address: where the file names another
/// one, nobody has to do anything.
/// </summary>
internal sealed class DisabledChannel
{
    public required string Name { get; init; }

    /// <summary>Which address it was: a hash, because addresses are secrets.</summary>
    public required string AddressHash { get; init; }

    /// <summary>What it said, in words without secrets.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset Since { get; init; }

    public static string HashOf(ChannelConfiguration channel) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{channel.Kind}\n{channel.Url?.Reveal()}\n{channel.Secret?.Reveal()}")));

    internal sealed class Mapping : IEntityTypeConfiguration<DisabledChannel>
    {
        public void Configure(EntityTypeBuilder<DisabledChannel> builder)
        {
            builder.ToTable("disabled_channel");
            builder.HasKey(channel => channel.Name).HasName("pk_disabled_channel");
            builder.Property(channel => channel.Name).HasColumnName("name");
            builder.Property(channel => channel.AddressHash).HasColumnName("address_hash");
            builder.Property(channel => channel.Reason).HasColumnName("reason");
            builder.Property(channel => channel.Since).HasColumnName("since");
        }
    }
}
