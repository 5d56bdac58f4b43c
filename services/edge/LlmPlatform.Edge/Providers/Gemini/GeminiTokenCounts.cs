using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>The figures of one <c>usageMetadata</c>, and the arithmetic that makes meters of them.</summary>
internal struct GeminiTokenCounts
{
    /// <summary>All input but <see cref="ToolUse"/>; <see cref="Cached"/> is in it.</summary>
    public long Prompt { get; set; }

    public long Cached { get; set; }

    /// <summary>Results of tools that Google ran, fed back as input; never in <see cref="Prompt"/>.</summary>
    public long ToolUse { get; set; }

    /// <summary>The answer; with some models <see cref="Thoughts"/> are in it.</summary>
    public long Candidates { get; set; }

    public long Thoughts { get; set; }

    public long Total { get; set; }

    public long PromptAudio { get; set; }

    public long CachedAudio { get; set; }

    public long ToolUseAudio { get; set; }

    public long CandidatesAudio { get; set; }

    public long CandidatesImage { get; set; }

    /// <summary>A figure was negative, a fraction, beyond reason or no number.</summary>
    public bool IsAbsurd { get; set; }

    public readonly bool IsNothing => Prompt + ToolUse + Candidates + Thoughts + Total == 0;

    public readonly TokenUsage ToUsage(out bool isConsistent)
    {
        // The thoughts are in the candidates exactly where the total is reached without them.
        var areThoughtsInside = Total != 0 && Prompt + ToolUse + Candidates == Total;
        var text = Candidates - (areThoughtsInside ? Thoughts : 0) - CandidatesAudio - CandidatesImage;

        // Details of the cache may be missing: as much of what was read from it was audio as must have been, no more,
        // for audio that was not read from it is the dearest.
        var audio = Math.Min(PromptAudio - CachedAudio, Prompt - Cached) + ToolUseAudio;
        var uncached = Prompt - Cached + ToolUse - audio;
        isConsistent = !IsAbsurd
            && text >= 0 && uncached >= 0 && audio >= 0
            && Cached <= Prompt && PromptAudio <= Prompt && CachedAudio <= Math.Min(Cached, PromptAudio)
            && ToolUseAudio <= ToolUse
            && (Total == 0 || areThoughtsInside || Prompt + ToolUse + Candidates + Thoughts == Total);
        return isConsistent
            ? new TokenUsage
            {
                InputUncached = uncached,
                CacheRead = Cached,
                AudioIn = audio,
                OutputText = text,
                OutputReasoning = Thoughts,
                AudioOut = CandidatesAudio,
                ImageOut = CandidatesImage,
            }
            : Conservatively();
    }

    // Figures that contradict each other are priced conservatively: whole sums, no share of them cheaper than plain.
    private readonly TokenUsage Conservatively()
    {
        var audioIn = PromptAudio + ToolUseAudio;
        var input = Math.Max(Math.Max(Prompt, Cached) + ToolUse, audioIn);
        var seen = CandidatesAudio + CandidatesImage;
        var output = Math.Max(Math.Max(Candidates + Thoughts, seen), Total - Prompt - ToolUse);
        return new TokenUsage
        {
            InputUncached = input - audioIn,
            AudioIn = audioIn,
            OutputText = output - seen,
            AudioOut = CandidatesAudio,
            ImageOut = CandidatesImage,
        };
    }
}
