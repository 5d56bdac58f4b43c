namespace LlmPlatform.Alerting.Channels;

/// <summary>A channel's name leads to private addresses only, and the options allow none of them.</summary>
internal sealed class AddressRefusedException() : IOException(Sentence)
{
    /// <summary>What is said of it; it names no address.</summary>
    public const string Sentence = "the address is private; Alerting:Channels:AllowedNetworks does not allow it";
}
