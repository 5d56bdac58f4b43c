using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Demotions;

/// <summary>What who is on call is told of a deployment that is demoted, and of its return.</summary>
internal sealed class DemotionNotices(NoticeBook notices, NoticeOptions options)
{
    public Task PostAsync(DeploymentDemoted demoted, CancellationToken cancellationToken)
    {
        var key = KeyOf(demoted.Provider, demoted.ProviderModel, demoted.DemotedAt);
        return notices.PostUnlessAsync(
            Restored(key), $"demoted\n{key}", NoticeOf(demoted), options.OnCallChannels, cancellationToken);
    }

    public Task PostAsync(DeploymentRestored restored, CancellationToken cancellationToken)
    {
        var key = KeyOf(restored.Provider, restored.ProviderModel, restored.DemotedAt);
        return notices.PostAsync(Restored(key), NoticeOf(restored), options.OnCallChannels, cancellationToken);
    }

    private static string Restored(string key) => $"restored\n{key}";

    private static string KeyOf(string provider, string model, DateTimeOffset demotedAt) =>
        FormattableString.Invariant($"{provider}\n{model}\n{demotedAt.ToUniversalTime():O}");

    private static AlertNotice NoticeOf(DeploymentDemoted demoted)
    {
        var (name, reason) = (NameOf(demoted.Provider, demoted.ProviderModel), AlertNotice.OneLine(demoted.Reason));
        return new AlertNotice
        {
            DeliveryId = Guid.Empty,
            Kind = "deployment.demoted",
            Severity = AlertSeverity.Warning,
            Scope = $"provider:{demoted.Provider}",
            Page = "alerts",
            OccurredAt = demoted.DemotedAt,
            Title = $"{name} is demoted: {reason}",
            Text = $"{name} breaks what is promised of it: {reason}. Calls go to it only where nothing else is left, "
                + "until its probes have been good for a while; you are told when it is taken back.",
            Facts = [new NoticeFact("Deployment", name), new NoticeFact("Reason", reason)],
            Data = new
            {
                provider = demoted.Provider,
                provider_model = demoted.ProviderModel,
                demoted_at = demoted.DemotedAt,
                reason = demoted.Reason,
            },
        };
    }

    private static AlertNotice NoticeOf(DeploymentRestored restored)
    {
        var (name, reason) = (NameOf(restored.Provider, restored.ProviderModel), AlertNotice.OneLine(restored.Reason));
        var since = FormattableString.Invariant($"{restored.DemotedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        return new AlertNotice
        {
            DeliveryId = Guid.Empty,
            Kind = "deployment.restored",
            Severity = AlertSeverity.Warning,
            Scope = $"provider:{restored.Provider}",
            Page = "alerts",
            OccurredAt = restored.RestoredAt,
            Title = $"{name} is taken back",
            Text = $"{name} was demoted at {since}: {reason}. Its probes have been good since, and calls go to it as "
                + "before.",
            Facts =
            [
                new NoticeFact("Deployment", name),
                new NoticeFact("Demoted", since),
                new NoticeFact("Reason", reason),
            ],
            Data = new
            {
                provider = restored.Provider,
                provider_model = restored.ProviderModel,
                demoted_at = restored.DemotedAt,
                restored_at = restored.RestoredAt,
                reason = restored.Reason,
            },
        };
    }

    private static string NameOf(string provider, string model) =>
        AlertNotice.OneLine($"Deployment {provider}/{model}");
}
