using System.Text.Json;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Router.Publishing;

/// <summary>One version of the routing snapshot. Never changed once written.</summary>
internal sealed class PublishedSnapshot
{
    /// <summary>One above the version before it. As the key it lets only one of two publishers win.</summary>
    public required long Version { get; init; }

    /// <summary>The snapshot as edges read it; credentials in it are encrypted.</summary>
    public required string Content { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static PublishedSnapshot Of(RoutingSnapshot snapshot, DateTimeOffset now) => new()
    {
        Version = snapshot.Version,
        Content = JsonSerializer.Serialize(snapshot, SnapshotFeeds.Json),
        CreatedAt = now,
    };

    public RoutingSnapshot Read() => JsonSerializer.Deserialize<RoutingSnapshot>(Content, SnapshotFeeds.Json)
        ?? throw new JsonException($"Routing snapshot {Version} is empty.");

    internal sealed class Mapping : IEntityTypeConfiguration<PublishedSnapshot>
    {
        public void Configure(EntityTypeBuilder<PublishedSnapshot> builder)
        {
            builder.ToTable("snapshot");
            builder.HasKey(snapshot => snapshot.Version).HasName("pk_snapshot");
            builder.Property(snapshot => snapshot.Version).HasColumnName("version").ValueGeneratedNever();
            builder.Property(snapshot => snapshot.Content).HasColumnName("content").HasColumnType("jsonb");
            builder.Property(snapshot => snapshot.CreatedAt).HasColumnName("created_at");
        }
    }
}
