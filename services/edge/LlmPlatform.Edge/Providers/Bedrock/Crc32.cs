namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// CRC-32 as IEEE 802.3 and gzip have it (reversed polynomial EDB88320). Eight bytes a step, by tables (slicing).
/// </summary>
internal static class Crc32
{
    private const int Step = 8;
    private const int Entries = 256;

    private static readonly uint[] Tables = MakeTables();

    /// <summary>The checksum of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="before">The checksum of what stands before them; 0 for nothing.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        var tables = Tables;
        var crc = ~before;
        while (bytes.Length >= Step)
        {
            crc ^= (uint)(bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24);
            crc = tables[7 * Entries + (int)(crc & 0xFF)]
                ^ tables[6 * Entries + (int)(crc >> 8 & 0xFF)]
                ^ tables[5 * Entries + (int)(crc >> 16 & 0xFF)]
                ^ tables[4 * Entries + (int)(crc >> 24)]
                ^ tables[3 * Entries + bytes[4]]
                ^ tables[2 * Entries + bytes[5]]
                ^ tables[Entries + bytes[6]]
                ^ tables[bytes[7]];
            bytes = bytes[Step..];
        }

        foreach (var value in bytes)
        {
            crc = crc >> 8 ^ tables[(int)((crc ^ value) & 0xFF)];
        }

        return ~crc;
    }

    // The first table advances a checksum by one byte; each further one by one byte more.
    private static uint[] MakeTables()
    {
        var tables = new uint[Step * Entries];
        for (var i = 0; i < Entries; i++)
        {
            var crc = (uint)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
            }

            tables[i] = crc;
        }

        for (var i = Entries; i < tables.Length; i++)
        {
            tables[i] = tables[i - Entries] >> 8 ^ tables[(int)(tables[i - Entries] & 0xFF)];
        }

        return tables;
    }
}
