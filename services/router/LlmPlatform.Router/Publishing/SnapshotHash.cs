using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Publishing;

/// <summary>
/// Tells whether two snapshots say the same: SHA-256 in hexadecimal. It is taken of snapshots as this version of the
/// program writes them and is not stored, so that an upgrade that adds a member does not look like a change.
/// </summary>
internal static class SnapshotHash
{
    /// <summary>Of all that an edge acts on: everything but the version.</summary>
    public static string OfContent(RoutingSnapshot snapshot) => Convert.ToHexStringLower(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
            snapshot with { Version = 0, CatalogRevision = 0 }, SnapshotFeeds.Json)));

    /// <summary>Of the same without health: it differs only when an operator changed something.</summary>
    public static string OfCatalog(RoutingSnapshot snapshot) => OfContent(snapshot with
    {
        Providers = [.. snapshot.Providers.Select(provider => provider with { Up = true })],
        Models =
        [
            .. snapshot.Models.Select(model => model with
            {
                Deployments = [.. model.Deployments.Select(deployment => deployment with { Demoted = false })],
            }),
        ],
    });
}
