namespace LlmPlatform.Edge.Routing;

/// <summary>Moments as <c>DeploymentSignals</c> counts them: ticks of a clock that nobody sets.</summary>
internal static class RouteClock
{
    public static long RouteTicks(this TimeProvider clock) => clock.GetElapsedTime(0).Ticks;
}
