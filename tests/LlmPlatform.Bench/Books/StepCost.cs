namespace LlmPlatform.Bench.Books;

/// <summary>What a step of a call cost this process.</summary>
/// <param name="CpuMicroseconds">For each call.</param>
/// <param name="AllocatedBytes">For each call.</param>
internal readonly record struct StepCost(double CpuMicroseconds, double AllocatedBytes)
{
    /// <summary>Measures something that is done for so many calls.</summary>
    public static async Task<StepCost> OfAsync(int calls, Func<Task> step)
    {
        GC.Collect();
        var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
        await step();
        var spent = Environment.CpuUsage.TotalTime - cpu;
        return new StepCost(
            spent.TotalMicroseconds / calls,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / calls);
    }

    /// <summary>What is left of it without another step that it contains.</summary>
    public StepCost Without(StepCost other) =>
        new(CpuMicroseconds - other.CpuMicroseconds, AllocatedBytes - other.AllocatedBytes);
}
