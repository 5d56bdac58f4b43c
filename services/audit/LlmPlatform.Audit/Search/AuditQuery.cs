using LlmPlatform.Audit.Trail;

namespace LlmPlatform.Audit.Search;

/// <summary>What records are asked for, bound with <c>[AsParameters]</c>; what is not given does not narrow.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Key">The virtual key's id.</param>
/// <param name="Model">The published model, or what the caller asked for where none served.</param>
/// <param name="Status">The HTTP status the caller received.</param>
/// <param name="Kind"><c>request</c>, <c>admin_change</c> or <c>contradiction</c>.</param>
/// <param name="Actor">Who: <c>master</c>, <c>file</c>, a user or a key.</param>
/// <param name="From">Not before that time.</param>
/// <param name="To">Before that time.</param>
internal readonly record struct AuditQuery(
    string? Tenant,
    string? Key,
    string? Model,
    int? Status,
    string? Kind,
    string? Actor,
    DateTimeOffset? From,
    DateTimeOffset? To)
{
    public IQueryable<AuditRecord> Narrow(IQueryable<AuditRecord> records)
    {
        var (tenant, key, model, status, kind, actor) = (Tenant, Key, Model, Status, Kind, Actor);
        var (from, to) = (From?.ToUniversalTime(), To?.ToUniversalTime());
        if (tenant is not null)
            records = records.Where(record => record.Tenant == tenant);
        if (key is not null)
            records = records.Where(record => record.KeyId == key);
        if (model is not null)
            records = records.Where(record => record.Model == model);
        if (status is not null)
            records = records.Where(record => record.Status == status);
        if (actor is not null)
            records = records.Where(record => record.Actor == actor);
        if (from is not null)
            records = records.Where(record => record.OccurredAt >= from);
        if (to is not null)
            records = records.Where(record => record.OccurredAt < to);

        // The kind is a constant in the statement, so that the index of that kind alone can serve it.
        return kind switch
        {
            null => records,
            RecordKinds.AdminChange => records.Where(record => record.Kind == RecordKinds.AdminChange),
            _ => records.Where(record => record.Kind == kind),
        };
    }
}
