using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Tests.Providers.Vertex;

/// <summary>
/// Google's token endpoint on loopback: exchanges assertions that the account's key has signed, refuses the others.
/// </summary>
internal sealed class TokenEndpoint : IAsyncDisposable
{
    // Made once: it takes a while.
    private static readonly RSA Key = RSA.Create(2048);

    private LoopbackServer? _server;
    private int _asked;

    private TokenEndpoint()
    {
    }

    /// <summary>Where assertions go.</summary>
    public Uri Address => new(_server!.Address, "token");

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The claims of the last assertion, and its head.</summary>
    public (JsonElement Head, JsonElement Claims)? Last { get; private set; }

    /// <summary>What it answers in place of a token, when set.</summary>
    public RequestDelegate? Instead { get; set; }

    /// <summary>How long its tokens live.</summary>
    public int LifetimeSeconds { get; set; } = 3600;

    /// <summary>Answers wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>The key file of the account it knows.</summary>
    public string KeyFile(string? privateKey = null, string? tokenUri = null) => JsonSerializer.Serialize(new
    {
        type = "service_account",
        project_id = "a-project",
        private_key_id = "key-7",
        private_key = privateKey ?? Key.ExportPkcs8PrivateKeyPem(),
        client_email = "edge@a-project.iam.gserviceaccount.com",
        token_uri = tokenUri ?? Address.AbsoluteUri,
    });

    public static async Task<TokenEndpoint> StartAsync()
    {
        var endpoint = new TokenEndpoint();
        endpoint._server = await LoopbackServer.StartAsync(endpoint.AnswerAsync);
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var number = Interlocked.Increment(ref _asked);
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(http.RequestAborted);
        }

        if (Instead is { } instead)
        {
            await instead(http);
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" || !IsSigned(form["assertion"]!))
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync(
                """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""", http.RequestAborted);
            return;
        }

        await http.Response.WriteAsync(
            $$"""{"access_token":"ya29.token-{{number}}","expires_in":{{LifetimeSeconds}},"token_type":"Bearer"}""");
    }

    private bool IsSigned(string assertion)
    {
        var parts = assertion.Split('.');
        if (parts.Length != 3)
        {
            return false;
        }

        Last = (Json(parts[0]), Json(parts[1]));
        return Key.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static JsonElement Json(string part) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement.Clone();
}
