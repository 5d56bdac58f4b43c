using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// The catalogue as it should be: the file, and behind it what operators added. An entry that the file no longer bears,
/// such as one whose name it now has itself, is left out until it does again.
/// </summary>
internal sealed partial class CatalogSource(
    IPlatformConfigurationSource file, PlatformEnvironment environment, ILogger<CatalogSource> logger)
{
    private readonly CredentialCipher _cipher = environment.Credentials
        ?? throw new InvalidOperationException("LLM_PLATFORM_ENCRYPTION_KEY is not set.");

    private volatile Joined? _last;

    /// <summary>The catalogue now. While nothing changed it is the same object.</summary>
    public async Task<PlatformConfiguration> ReadAsync(RouterDbContext database, CancellationToken cancellationToken)
    {
        var current = file.Current;
        var revision = await RevisionAsync(database, cancellationToken);
        if (_last is { } last && ReferenceEquals(last.File, current) && last.Revision == revision)
            return last.Catalogue;

        var entries = await EntriesAsync(database, cancellationToken);
        var catalogue = Join(current, entries);
        _last = new Joined(current, revision, catalogue);
        return catalogue;
    }

    /// <summary>How often operators have changed the entries.</summary>
    public static Task<long> RevisionAsync(RouterDbContext database, CancellationToken cancellationToken) =>
        database.CatalogRevisions.AsNoTracking().Select(row => row.Revision).SingleAsync(cancellationToken);

    /// <summary>What operators added, in its order.</summary>
    public static Task<List<CatalogEntry>> EntriesAsync(
        RouterDbContext database, CancellationToken cancellationToken) => database.CatalogEntries
        .OrderBy(entry => entry.CreatedAt).ThenBy(entry => entry.Name)
        .ToListAsync(cancellationToken);

    /// <summary>Every fault that the file would have with these entries behind what it declares.</summary>
    public IReadOnlyList<ConfigurationFault> Check(IEnumerable<CatalogEntry> entries) =>
        Load([.. entries.Select(entry => entry.Read(_cipher))]).Faults;

    private PlatformConfiguration Join(PlatformConfiguration current, List<CatalogEntry> entries)
    {
        var borne = Readable(entries);
        while (borne.Count > 0)
        {
            var loaded = Load([.. borne.Select(entry => entry.Addition)]);
            if (loaded.Configuration is { } joined)
                return joined;

            // The last that was added is the first to go: those before it were good without it.
            LeftOut(borne[^1].Entry.Section, borne[^1].Entry.Name, loaded.Faults[0].ToString());
            borne.RemoveAt(borne.Count - 1);
        }

        return current;
    }

    private List<(CatalogEntry Entry, ConfigurationAddition Addition)> Readable(List<CatalogEntry> entries)
    {
        var readable = new List<(CatalogEntry, ConfigurationAddition)>();
        foreach (var entry in entries)
        {
            try
            {
                readable.Add((entry, entry.Read(_cipher)));
            }
            catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
            {
                LeftOut(entry.Section, entry.Name, "LLM_PLATFORM_ENCRYPTION_KEY does not open it");
            }
        }

        return readable;
    }

    private ConfigurationLoadResult Load(IReadOnlyList<ConfigurationAddition> additions) =>
        PlatformConfigurationLoader.Load(file.Current.SourcePath, Environment.GetEnvironmentVariable, additions);

    [LoggerMessage(LogLevel.Warning, "What an operator added to {Section} as {Name} is left out: {Fault}")]
    private partial void LeftOut(string section, string name, string fault);

    private sealed record Joined(PlatformConfiguration File, long Revision, PlatformConfiguration Catalogue);
}
