namespace LlmPlatform.Alerting.Channels;

/// <summary>An address that takes no mail, as operators see it.</summary>
/// <param name="Address">The address.</param>
/// <param name="Reply">What its mail server said last.</param>
/// <param name="Since">When it was refused first, with no mail taken since.</param>
/// <param name="LastAt">When it was tried last.</param>
internal sealed record RefusedAddressResponse(
    string Address, int Reply, DateTimeOffset Since, DateTimeOffset LastAt)
{
    public static RefusedAddressResponse Of(RefusedAddress refused) =>
        new(refused.Address, refused.Reply, refused.Since, refused.LastAt);
}
