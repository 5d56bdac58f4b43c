using System.Collections;
using System.Diagnostics;

namespace LlmPlatform.TestKit;

/// <summary>Waits on a condition with a deadline: what a test does instead of sleeping.</summary>
public static class Eventually
{
    private const int Shown = 5;

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Returns as soon as <paramref name="condition"/> holds. <paramref name="because"/> says in words what is waited
    /// for: the message of the failure begins with it.
    /// </summary>
    /// <exception cref="TimeoutException">The condition did not hold in time; its last exception is inside.</exception>
    public static Task UntilAsync(
        Func<Task<bool>> condition, TimeSpan deadline, string because, CancellationToken cancellationToken = default) =>
        UntilAsync(condition, holds => holds, deadline, because, cancellationToken);

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, TimeSpan, string, CancellationToken)"/>
    public static Task UntilAsync(
        Func<bool> condition, TimeSpan deadline, string because, CancellationToken cancellationToken = default) =>
        UntilAsync(() => Task.FromResult(condition()), deadline, because, cancellationToken);

    /// <summary>
    /// Observes until what is seen is as expected, and returns it; a failure shows the last thing seen.
    /// </summary>
    /// <exception cref="TimeoutException">Nothing as expected was seen in time.</exception>
    public static async Task<T> UntilAsync<T>(
        Func<Task<T>> observe,
        Func<T, bool> asExpected,
        TimeSpan deadline,
        string because,
        CancellationToken cancellationToken = default)
    {
        var waited = Stopwatch.StartNew();
        var pause = _firstPause;
        while (true)
        {
            string seen;
            Exception? fault = null;
            try
            {
                var observed = await observe();
                if (asExpected(observed))
                    return observed;
                seen = $"Last seen: {InWords(observed)}";
            }
            catch (Exception exception)
                when (exception is not OperationCanceledException { InnerException: not TimeoutException })
            {
                // What is being waited for may not be there to ask yet: a refused connection is one way of "not yet",
                // a question that nobody answered in its time another.
                fault = exception;
                seen = $"Last failure: {exception.Message}";
            }

            if (waited.Elapsed >= deadline)
                throw new TimeoutException($"{because}: not so after {waited.Elapsed.TotalSeconds:0.0} s. {seen}",
                    fault);
            await Task.Delay(pause, cancellationToken);
            pause = pause * 1.5 < _longestPause ? pause * 1.5 : _longestPause;
        }
    }

    // A list says how many it holds and how it ends: what is late stands last.
    private static string InWords<T>(T observed) => observed is not ICollection items
        ? $"{observed}"
        : $"{items.Count}, the last of them {string.Join("; ", items.Cast<object>().TakeLast(Shown))}";
}
