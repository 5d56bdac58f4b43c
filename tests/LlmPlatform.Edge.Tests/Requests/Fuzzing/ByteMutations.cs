namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>Changes that ask nobody whether what comes out is JSON, or UTF-8.</summary>
internal static class ByteMutations
{
    // So short that no canary is copied whole to where it may be kept.
    private const int LongestSlice = 8;

    private static readonly byte[][] _badUtf8 =
    [
        [0xFF], [0xFE, 0xFF], [0xC0, 0x80], [0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xEF, 0xBB, 0xBF], [0x00], [0x1B, 0x5B],
    ];

    public static byte[] Mutate(Random random, byte[] body)
    {
        var bytes = body.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
            MutateOnce(random, bytes);
        return [.. bytes];
    }

    private static void MutateOnce(Random random, List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, LongestSlice + 1), bytes.Count - at);
        switch (random.Next(6))
        {
            case 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3 when bytes.Count > 0:
                bytes[Math.Min(at, bytes.Count - 1)] = (byte)random.Next(256);
                break;
            default:
                bytes.InsertRange(at, _badUtf8[random.Next(_badUtf8.Length)]);
                break;
        }
    }
}
