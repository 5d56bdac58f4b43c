using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// A JSON post to any address, with the headers of Standard Webhooks, signed when the channel has a secret.
/// </summary>
internal sealed class WebhookChannel(ChannelPost post, TimeProvider clock) : IAlertChannel
{
    private const string EncodedSecretPrefix = "whsec_";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public ChannelKind Kind => ChannelKind.Webhook;

    public Task<SendResult> SendAsync(
        ChannelConfiguration channel, AlertNotice notice, CancellationToken cancellationToken)
    {
        // The id is that of the delivery: a receiver drops an attempt it has already taken.
        var id = $"msg_{notice.DeliveryId:N}";
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Type = notice.Kind,
                Timestamp = notice.OccurredAt,
                Severity = EnumText.Of(notice.Severity),
                notice.IsOver,
                notice.Link,
                notice.Data,
            },
            Json);
        var body = new ByteArrayContent(payload);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        body.Headers.Add("webhook-id", id);
        body.Headers.Add("webhook-timestamp", timestamp);

        // While receivers change over to a new secret, each finds a signature by the one it knows.
        var signatures = new[] { channel.Secret, channel.PreviousSecret }.OfType<Secret>()
            .Select(secret => $"v1,{Signature(secret.Reveal(), id, timestamp, payload)}").ToList();
        if (signatures.Count > 0)
            body.Headers.Add("webhook-signature", string.Join(' ', signatures));
        return post.SendAsync(channel.Url?.Reveal() ?? "", body, Judge, cancellationToken);
    }

    // A receiver that is gone says 410; any other refusal may be one it recovers from.
    private static SendResult Judge(int status) => status == (int)HttpStatusCode.Gone
        ? SendResult.Gone($"HTTP {status}")
        : SendResult.Retry($"HTTP {status}");

    private static string Signature(string secret, string id, string timestamp, byte[] payload)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, KeyOf(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(payload);
        return Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>
    /// A secret that begins with <c>whsec_</c> is base64, as the standard writes it; any other is taken as it is.
    /// </summary>
    private static byte[] KeyOf(string secret)
    {
        if (!secret.StartsWith(EncodedSecretPrefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(secret);
        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[EncodedSecretPrefix.Length..], key, out var length)
            ? key[..length]
            : Encoding.UTF8.GetBytes(secret);
    }
}
