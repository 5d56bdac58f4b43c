using System.Collections.Concurrent;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// How many tokens a model makes of so many bytes, for answers whose provider does not say. It learns from those that
/// do: reasoning that nobody sees is in the ratio too. One memory for each price book key, at most
/// <see cref="MaxModels"/> of them; thread-safe.
/// </summary>
internal sealed class TokenEstimator(EdgeOptions options)
{
    /// <summary>Models remembered; what comes after them is counted by the rule of thumb.</summary>
    public const int MaxModels = 10_000;

    // Providers send about one token a chunk; where they bundle, four bytes of text make about one.
    private const int UsualBytesPerToken = 4;

    private readonly ConcurrentDictionary<string, Experience> _models = new(StringComparer.Ordinal);

    /// <summary>Learns from figures a provider gave.</summary>
    /// <param name="sku">The price book's key of the deployment.</param>
    /// <param name="requestBytes">Size of the request.</param>
    /// <param name="inputTokens">All input tokens.</param>
    /// <param name="contentBytes">Bytes of the answer's content; 0 when they were not counted.</param>
    /// <param name="outputTokens">All output tokens.</param>
    public void Learn(string sku, long requestBytes, long inputTokens, long contentBytes, long outputTokens)
    {
        if (!_models.TryGetValue(sku, out var experience))
        {
            if (_models.Count >= MaxModels)
            {
                return;
            }

            experience = _models.GetOrAdd(sku, _ => new Experience());
        }

        experience.Input.Learn(requestBytes, inputTokens);
        experience.Output.Learn(contentBytes, outputTokens);
    }

    /// <summary>Input tokens of a request of so many bytes.</summary>
    public long Input(string sku, long requestBytes) =>
        (_models.TryGetValue(sku, out var experience) ? experience.Input.TokensOf(requestBytes) : null)
        ?? (requestBytes + options.BytesPerInputToken - 1) / options.BytesPerInputToken;

    /// <summary>Output tokens of an answer.</summary>
    /// <param name="sku">The price book's key of the deployment.</param>
    /// <param name="contentBytes">Bytes of content that passed.</param>
    /// <param name="contentEvents">Events that carried them.</param>
    public long Output(string sku, long contentBytes, long contentEvents)
    {
        if (contentBytes == 0)
        {
            return 0;
        }

        return (_models.TryGetValue(sku, out var experience) ? experience.Output.TokensOf(contentBytes) : null)
            ?? Math.Max(contentEvents, (contentBytes + UsualBytesPerToken - 1) / UsualBytesPerToken);
    }

    private sealed class Experience
    {
        public Ratio Input { get; } = new();

        public Ratio Output { get; } = new();
    }

    /// <summary>Bytes to tokens, the latest answers counting most: the last fifty or so decide.</summary>
    private sealed class Ratio
    {
        // 49/50 of what was known stays with each answer; whole numbers, so that sums do not drift.
        private const long Memory = 50;

        private readonly Lock _gate = new();
        private long _bytes;
        private long _tokens;

        public void Learn(long bytes, long tokens)
        {
            if (bytes <= 0 || tokens <= 0)
            {
                return;
            }

            lock (_gate)
            {
                _bytes += (bytes * Memory) - (_bytes / Memory);
                _tokens += (tokens * Memory) - (_tokens / Memory);
            }
        }

        public long? TokensOf(long bytes)
        {
            lock (_gate)
            {
                return _bytes == 0 ? null : (long)Math.Ceiling((decimal)bytes * _tokens / _bytes);
            }
        }
    }
}
