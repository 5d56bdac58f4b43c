using System.Diagnostics.Metrics;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>Tells which host an instrument belongs to, where one process runs several.</summary>
internal static class MeterScope
{
    /// <summary>
    /// A meter made by a host's factory is scoped to that factory and belongs to that host alone. A static meter has no
    /// factory and belongs to every host in the process.
    /// </summary>
    /// <param name="instrument">The instrument in question.</param>
    /// <param name="hostFactory">The meter factory of the host that asks.</param>
    public static bool Belongs(Instrument instrument, IMeterFactory hostFactory) =>
        instrument.Meter.Scope is not IMeterFactory factory || ReferenceEquals(factory, hostFactory);
}
