using System.Text.RegularExpressions;
using MassTransit;

namespace LlmPlatform.Hosting.Bus;

/// <summary>
/// Names a queue from the consumer's service and class: <c>LlmPlatform.Billing.Warehouse.UsageRecordedConsumer</c>
/// reads <c>billing-usage-recorded</c>. Without the prefix two services with a consumer of one name would share a
/// queue, and each would get half of the messages.
/// </summary>
public sealed partial class ServiceEndpointNameFormatter : DefaultEndpointNameFormatter
{
    /// <summary>The only instance needed.</summary>
    public static new ServiceEndpointNameFormatter Instance { get; } = new();

    /// <inheritdoc />
    protected override string GetConsumerName(Type type) => Prefixed(type, base.GetConsumerName(type));

    /// <inheritdoc />
    protected override string GetSagaName(Type type) => Prefixed(type, base.GetSagaName(type));

    /// <inheritdoc />
    public override string SanitizeName(string name) => Words().Replace(name, "-$1").ToLowerInvariant();

    private static string Prefixed(Type type, string name)
    {
        var service = type.Namespace?.Split('.') is ["LlmPlatform", var second, ..] ? second : null;
        return service is null ? name : $"{service.ToLowerInvariant()}-{name}";
    }

    [GeneratedRegex("(?<=[a-z0-9])([A-Z])")]
    private static partial Regex Words();
}
