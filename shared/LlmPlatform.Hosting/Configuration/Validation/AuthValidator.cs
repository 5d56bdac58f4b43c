using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class AuthValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < configuration.Auth.Jwt.Count; i++)
        {
            var issuer = configuration.Auth.Jwt[i];
            if (issuer.Issuer.Length > 0 && !first.TryAdd(issuer.Issuer, issuer.Line))
                reading.Fault(
                    $"auth.jwt[{i}].issuer", $"is that of the entry on line {first[issuer.Issuer]}; keep one.");
        }
    }
}
