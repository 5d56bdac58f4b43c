using System.Collections.Frozen;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>ClickHouse did not do what it was asked.</summary>
internal sealed class ClickHouseException : Exception
{
    /// <summary>
    /// Codes that say the rows themselves cannot be stored, now or ever: text, number, date, decimal or UUID that does
    /// not parse or fit its column. Anything else (memory, too many parts, a missing table) may be put right on the
    /// server.
    /// </summary>
    private static readonly FrozenSet<int> RowFaults =
        new[] { 6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 131, 321, 376, 407, 467, 675 }.ToFrozenSet();

    /// <summary>
    /// Codes that say the server is not well, or not set up yet: load, memory, disk, network, rights, a missing table.
    /// What was sent may be good and is worth keeping until somebody puts the server right.
    /// </summary>
    private static readonly FrozenSet<int> ServerFaults = new[]
    {
        NotReached, NoCode, 60, 81, 159, 160, 164, 192, 193, 194, 202, 203, 209, 210, 236, 241, 242, 243, 252, 319, 394,
        425, 439, 497, 516, 999,
    }.ToFrozenSet();

    private const int NotReached = 0;
    private const int NoCode = -1;

    private ClickHouseException(int code, string message, Exception? cause)
        : base(message, cause) => Code = code;

    /// <summary>The server's error code; 0 when it could not be reached or did not answer in time.</summary>
    public int Code { get; }

    /// <summary>True when sending the same rows again can only fail again.</summary>
    public bool IsFaultOfTheRows => RowFaults.Contains(Code);

    /// <summary>True when the same rows may well be taken later.</summary>
    public bool IsFaultOfTheServer => ServerFaults.Contains(Code);

    public static ClickHouseException Unreachable(Exception cause) =>
        new(NotReached, $"ClickHouse does not answer ({cause.GetType().Name}).", cause);

    public static ClickHouseException Refused(int code, string detail) =>
        new(code, $"ClickHouse code {code}: {detail}", null);

    /// <summary>An answer of something between us and the server, or of a server that names no code.</summary>
    public static ClickHouseException Failed(int status, string detail) =>
        new(NoCode, $"ClickHouse answered HTTP {status}: {detail}", null);
}
