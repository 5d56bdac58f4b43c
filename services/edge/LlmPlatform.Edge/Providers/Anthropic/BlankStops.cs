using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>Stop texts of blanks alone, such as the end of a line, which Claude takes nowhere.</summary>
internal static class BlankStops
{
    /// <summary>Refuses a request that has one: an answer that runs on past it is not the one asked for.</summary>
    /// <exception cref="TranslationException">It has one.</exception>
    public static void Refuse(GenerationRequest request)
    {
        if (request.Stop.Any(string.IsNullOrWhiteSpace))
        {
            throw new TranslationException(
                "The provider of this model ends no answer at blanks or line ends alone. Leave that stop text out, or "
                + "ask for another model.",
                "stop");
        }
    }
}
