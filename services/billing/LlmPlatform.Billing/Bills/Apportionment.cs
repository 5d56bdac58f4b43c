namespace LlmPlatform.Billing.Bills;

/// <summary>Rounds parts so that they add up to a total that was rounded once.</summary>
internal static class Apportionment
{
    /// <summary>
    /// Each part rounded down, and the coins that are left given one each to the parts that lost most (the largest
    /// remainder); of equal ones to the earlier.
    /// </summary>
    /// <param name="total">What the parts are to add up to, a multiple of the smallest coin.</param>
    /// <param name="exact">The parts, exact, which add up to <paramref name="total"/> but for its rounding.</param>
    /// <param name="decimals">Of the smallest coin.</param>
    public static IReadOnlyList<decimal> Of(decimal total, IReadOnlyList<decimal> exact, int decimals)
    {
        var coin = new decimal(1, 0, 0, isNegative: false, (byte)decimals);
        var parts = exact.Select(part => decimal.Round(part, decimals, MidpointRounding.ToNegativeInfinity)).ToArray();
        var coins = (total - parts.Sum()) / coin;
        var order = Enumerable.Range(0, parts.Length).OrderByDescending(index => exact[index] - parts[index])
            .ThenBy(index => index).ToArray();

        // More coins than parts, or fewer than none, only when the total is not that of the parts.
        if (coins != decimal.Truncate(coins) || coins < 0 || coins > parts.Length)
        {
            throw new InvalidOperationException("The parts do not add up to the total.");
        }

        foreach (var index in order.Take((int)coins))
        {
            parts[index] += coin;
        }

        return parts;
    }
}
