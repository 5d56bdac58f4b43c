namespace LlmPlatform.Billing.Bills;

/// <summary>How many decimals amounts of a currency are paid in (ISO 4217).</summary>
internal static class Currencies
{
    public const string Usd = "USD";

    public static int DecimalsOf(string currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "UYI"
            or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        _ => 2,
    };

    /// <summary>Rounds to what can be paid, half to even.</summary>
    public static decimal Payable(decimal amount, string currency) =>
        decimal.Round(amount, DecimalsOf(currency), MidpointRounding.ToEven);

    /// <summary>Three capital letters.</summary>
    public static bool IsCode(string text) => text.Length == 3 && text.All(char.IsAsciiLetterUpper);
}
