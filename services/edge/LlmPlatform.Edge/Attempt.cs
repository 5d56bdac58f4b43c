using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge;

/// <summary>
/// One candidate's attempt and all that is open for it, until the answer is with the caller or another is tried. Each
/// step fills in what the next one needs.
/// </summary>
internal sealed class Attempt(GatewayCall call, CandidateTurn turn) : IDisposable
{
    public GatewayCall Call { get; } = call;

    public CandidateTurn Turn { get; } = turn;

    public RouteCandidate Candidate => Turn.Candidate;

    /// <summary>What is sent.</summary>
    public PreparedCall Prepared { get; set; } = null!;

    /// <summary>Its intent in the spool.</summary>
    public OpenAttempt Open { get; set; } = null!;

    /// <summary>The exchange with the provider.</summary>
    public UpstreamAttempt Upstream { get; set; } = null!;

    /// <summary>The provider's words with an error status; null where it said none.</summary>
    public PooledBuffer? Refusal { get; set; }

    /// <summary>A streamed answer on its way to the caller; null for any other.</summary>
    public StreamRelay? Relay { get; set; }

    /// <summary>The provider's whole answer; null for a stream.</summary>
    public PooledBuffer? Answer { get; set; }

    /// <summary>The same as the caller reads it, where that is another.</summary>
    public PooledBuffer? Translated { get; set; }

    /// <summary>What the whole answer says of itself.</summary>
    public AnswerFacts Facts { get; set; }

    /// <summary>The beginning of it, while another attempt runs beside it; null where none ever did.</summary>
    public Task<UpstreamError?>? Beginning { get; set; }

    /// <summary>The attempt that was made beside this one; null for none.</summary>
    public Attempt? Second { get; set; }

    /// <summary>True once the head of the answer says that a stream follows.</summary>
    public bool IsStream => Call.Request!.Stream && !Upstream.IsJson;

    /// <summary>Gives back what it holds; what is still beginning is cut, and given back when it has ended.</summary>
    public void Dispose()
    {
        Second?.Dispose();
        if (Beginning is not { IsCompleted: false } beginning)
        {
            GiveBack();
            return;
        }

        Upstream.Cut();
        _ = beginning.ContinueWith(
            static (_, attempt) => ((Attempt)attempt!).GiveBack(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void GiveBack()
    {
        Translated?.Dispose();
        Answer?.Dispose();
        Relay?.Dispose();
        Refusal?.Dispose();
        Upstream?.Dispose();
        Prepared?.Dispose();
        Turn.Dispose();
    }
}
