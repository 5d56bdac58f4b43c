using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What counts as personal data.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PiiKind>))]
public enum PiiKind
{
    /// <summary>E-mail addresses.</summary>
    [JsonStringEnumMemberName("email")]
    Email,

    /// <summary>Telephone numbers.</summary>
    [JsonStringEnumMemberName("phone")]
    Phone,

    /// <summary>Card numbers with a valid check digit.</summary>
    [JsonStringEnumMemberName("credit_card")]
    CreditCard,

    /// <summary>Bank account numbers with valid check digits.</summary>
    [JsonStringEnumMemberName("iban")]
    Iban,

    /// <summary>National identity numbers.</summary>
    [JsonStringEnumMemberName("national_id")]
    NationalId,

    /// <summary>IP addresses.</summary>
    [JsonStringEnumMemberName("ip")]
    Ip,
}
