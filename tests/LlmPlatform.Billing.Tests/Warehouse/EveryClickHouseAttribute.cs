using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace LlmPlatform.Billing.Tests.Warehouse;

/// <summary>Runs a theory whose last parameter is a <see cref="ClickHouseEngine"/> on each of them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryClickHouseAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<ClickHouseEngine>().Select(engine => new TheoryDataRow(engine))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
