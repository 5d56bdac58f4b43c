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
            if (issuer.JwksUrl is { Scheme: "http", IsLoopback: false })
                reading.Notice(
                    $"auth.jwt[{i}].jwks_url",
                    "is fetched without TLS: whoever is on the way can put keys of their own.");
            if (issuer.Issuer.Length > 0 && !first.TryAdd(issuer.Issuer, issuer.Line))
                reading.Fault(
                    $"auth.jwt[{i}].issuer", $"is that of the entry on line {first[issuer.Issuer]}; keep one.");
        }
    }
}
