using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers;

/// <summary>Puts an answer on a wire, piece by piece.</summary>
internal interface IAnswerStream
{
    string ContentType { get; }

    /// <summary>What comes before any content.</summary>
    Task OpenAsync();

    Task BeginPartAsync(AnswerPart part, int index);

    Task SendPieceAsync(AnswerPart part, int index, int piece);

    Task EndPartAsync(AnswerPart part, int index);

    /// <summary>Why it ended and what was used.</summary>
    /// <returns>Whether the usage was said.</returns>
    Task<bool> CloseAsync();

    /// <summary>The wire's error, in the middle of an answer.</summary>
    Task FailAsync();
}
