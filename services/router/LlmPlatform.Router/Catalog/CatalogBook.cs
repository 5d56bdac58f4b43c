using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Messaging;
using LlmPlatform.Router.Publishing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Changes what operators add beside the file. A change is checked with the whole catalogue around it and refused whole
/// with every fault; one that is taken is written with its audit record and published before it is answered. Writers
/// take turns.
/// </summary>
internal sealed class CatalogBook(
    RouterDbContext database,
    IOutbox<RouterDbContext> outbox,
    CatalogSource source,
    SnapshotPublisher publisher,
    SnapshotShelf shelf,
    IPlatformConfigurationSource file,
    PlatformEnvironment environment,
    TimeProvider clock)
{
    private const string TakeTurn = "UPDATE router.catalog_revision SET revision = revision + 1";

    private readonly CredentialCipher _cipher = environment.Credentials!;

    /// <summary>Adds an entry.</summary>
    /// <param name="section">The list.</param>
    /// <param name="name">Its name in the list.</param>
    /// <param name="content">What it says, as in the file.</param>
    /// <param name="who">Who adds it.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <returns>The version edges are told of; or why it is not added.</returns>
    public Task<(long Version, ProblemHttpResult? Problem)> AddAsync(
        string section, string name, JsonObject content, AdminOperator who, CancellationToken cancellationToken) =>
        ChangeAsync(section, name, who, "created", entries =>
        {
            if (entries.Exists(entry => entry.Section == section && entry.Name == name))
                return AdminProblem.Conflict("name_taken", $"There is '{name}' among the {section}: replace it.");
            var entry = new CatalogEntry
            {
                Section = section,
                Name = name,
                EncryptedContent = "",
                CreatedAt = clock.GetUtcNow(),
            };
            entry.Write(content.ToJsonString(), _cipher);
            entries.Add(entry);
            database.CatalogEntries.Add(entry);
            return null;
        }, cancellationToken);

    /// <summary>Replaces what an entry says.</summary>
    public Task<(long Version, ProblemHttpResult? Problem)> ReplaceAsync(
        string section, string name, JsonObject content, AdminOperator who, CancellationToken cancellationToken) =>
        ChangeAsync(section, name, who, "changed", entries =>
        {
            if (entries.Find(entry => entry.Section == section && entry.Name == name) is not { } known)
                return NotFound(section, name);
            known.Write(content.ToJsonString(), _cipher);
            return null;
        }, cancellationToken);

    /// <summary>Takes an entry away.</summary>
    public Task<(long Version, ProblemHttpResult? Problem)> RemoveAsync(
        string section, string name, AdminOperator who, CancellationToken cancellationToken) =>
        ChangeAsync(section, name, who, "deleted", entries =>
        {
            if (entries.Find(entry => entry.Section == section && entry.Name == name) is not { } known)
                return NotFound(section, name);
            entries.Remove(known);
            database.CatalogEntries.Remove(known);
            return null;
        }, cancellationToken);

    private async Task<(long Version, ProblemHttpResult? Problem)> ChangeAsync(
        string section,
        string name,
        AdminOperator who,
        string what,
        Func<List<CatalogEntry>, ProblemHttpResult?> change,
        CancellationToken cancellationToken)
    {
        if (IsDeclared(section, name))
        {
            return (0, AdminProblem.Conflict(
                "declared_in_file", $"'{name}' is declared in {file.Current.SourcePath}: change it there."));
        }

        await using (var transaction = await database.Database.BeginTransactionAsync(cancellationToken))
        {
            await database.Database.ExecuteSqlRawAsync(TakeTurn, cancellationToken);
            var entries = await CatalogSource.EntriesAsync(database, cancellationToken);
            if (change(entries) is { } problem)
                return (0, problem);
            if (FaultsOf(section, name, entries) is { Count: > 0 } faults)
            {
                return (0, AdminProblem.Invalid(
                    "catalog_faults", $"Nothing was changed: {faults.Count} faults were found.", faults));
            }

            entries.ForEach(entry => entry.Renew(_cipher));
            outbox.Add(new AdminChangeRecorded
            {
                ChangeId = Guid.CreateVersion7(clock.GetUtcNow()),
                ChangedAt = clock.GetUtcNow(),
                Actor = who.Actor,
                Action = $"{section[..^1]}.{what}",
                Resource = $"{section[..^1]}:{name}",
                Summary = $"{section}: {what} {name}",
            });
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // Whichever replica this is: of two that publish the same, one wins, and both say the version.
        await publisher.PublishIfChangedAsync(cancellationToken);
        return ((await shelf.RefreshAsync(cancellationToken))?.Version ?? 0, null);
    }

    private bool IsDeclared(string section, string name) => section switch
    {
        CatalogSections.Providers => file.Current.Providers.Any(provider => provider.Name == name),
        CatalogSections.Models => file.Current.Models.Any(model => model.Name == name),
        _ => false,
    };

    // What is wrong with the entry itself is named by its own keys; what it breaks elsewhere, by where that is.
    private List<(string Path, string Message)> FaultsOf(string section, string name, List<CatalogEntry> entries)
    {
        var declared = section switch
        {
            CatalogSections.Providers => file.Current.Providers.Count,
            CatalogSections.Models => file.Current.Models.Count,
            _ => file.Current.Routes.Count,
        };
        var own = entries.Where(entry => entry.Section == section).Select(entry => entry.Name).ToList().IndexOf(name);
        var place = $"{section}[{declared + own}]";
        try
        {
            return
            [
                .. source.Check(entries).Select(fault => own >= 0
                    && fault.Path.StartsWith(place, StringComparison.Ordinal)
                    ? (fault.Path[place.Length..].TrimStart('.'), fault.Message)
                    : (fault.Path, fault.Message)),
            ];
        }
        catch (JsonException)
        {
            return [("", "The body is no JSON object.")];
        }
    }

    private static ProblemHttpResult NotFound(string section, string name) => AdminProblem.NotFound(
        $"{section[..^1]}_not_found", $"There is no '{name}' among the {section} that were added here.");
}
