using System.Globalization;
using System.Security.Cryptography;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>
/// How long and by what dice: <c>CHAOS_MINUTES</c> and <c>CHAOS_SEED</c>, which test.sh sets from <c>--minutes</c> and
/// <c>--seed</c>.
/// </summary>
/// <param name="Length">Faults are made until then; each kind of fault at least once, however long that takes.</param>
/// <param name="Seed">The same seed makes the same faults in the same order.</param>
/// <param name="Callers">How many ask at once.</param>
/// <param name="MostAtOnce">Faults at once; a short run has not the time for fewer.</param>
internal sealed record CertificateSettings(TimeSpan Length, int Seed, int Callers, int MostAtOnce)
{

    public static CertificateSettings Read()
    {
        var length = TimeSpan.FromMinutes(Number("CHAOS_MINUTES") ?? 0);
        var seed = (int)(Number("CHAOS_SEED") ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        return length > TimeSpan.Zero
            ? new CertificateSettings(length, seed, Callers: 32, MostAtOnce: 4)
            : new CertificateSettings(length, seed, Callers: 12, MostAtOnce: 9);
    }

    private static double? Number(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
        ? double.Parse(text, CultureInfo.InvariantCulture)
        : null;
}
