using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>
/// An origin is compared with what a browser sends, letter by letter: one with a path or a slash at its end would never
/// be met.
/// </summary>
internal static class CorsOriginValidator
{
    private const string Any = "*";

    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var origins = configuration.Server.CorsOrigins;
        for (var i = 0; i < origins.Count; i++)
        {
            var path = $"server.cors_origins[{i}]";
            if (origins[i] != Any && !IsOrigin(origins[i]))
                reading.Fault(
                    path,
                    $"{reading.Quote(path, origins[i])} is no origin; write it like https://chat.example.com, or *.");
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
