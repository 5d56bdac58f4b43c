using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>Bedrock's runtime, under <c>/model/…</c>.</summary>
internal sealed partial class BedrockProtocol : IProviderProtocol
{
    private readonly Dictionary<string, IProviderOperation> _operations;

    public BedrockProtocol()
    {
        var converse = new Converse();
        _operations = new Dictionary<string, IProviderOperation>
        {
            ["converse"] = converse,
            ["converse-stream"] = converse,
            ["count-tokens"] = new CountConverse(converse),
            ["invoke"] = new InvokeEmbedding(),
        };
    }

    public string BasePath => "";

    public string IdPrefix => "bedrock-";

    // The list of models is at another address, that of the control plane; here this answers for it.
    public bool IsHealthProbe(HttpRequest request) =>
        request is { Method: "GET", Path.Value: "/foundation-models" };

    public ProviderRoute? RouteOf(HttpRequest request)
    {
        var address = Address().Match(request.Path.Value!);
        if (request.Method != "POST" || !address.Success)
            return null;
        var verb = address.Groups["verb"].Value;
        return new ProviderRoute(_operations[verb], address.Groups["model"].Value, verb == "converse-stream");
    }

    public void Authenticate(HttpRequest request, string? key)
    {
        var given = request.Headers.Authorization.ToString();
        if (given.Length == 0)
        {
            throw new ProviderRefusal(403, "Missing Authentication Token")
            {
                Kind = "MissingAuthenticationTokenException",
            };
        }

        if (given.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            if (key is not null && given != $"Bearer {key}")
                throw Unrecognized();
            return;
        }

        if (!SignedWith().IsMatch(given) || !TimeStamp().IsMatch(request.Headers["X-Amz-Date"].ToString()))
        {
            throw new ProviderRefusal(403, "Authorization header requires 'Credential', 'SignedHeaders', 'Signature'")
            {
                Kind = "IncompleteSignatureException",
            };
        }

        if (key is not null && !given.Contains($"Credential={key}/", StringComparison.Ordinal))
            throw Unrecognized();
    }

    public void AddHeaders(HttpResponse response, string answerId) =>
        response.Headers["x-amzn-RequestId"] = answerId;

    public JsonObject ErrorBody(ProviderRefusal refusal) => new() { ["message"] = refusal.Message };

    public void AddErrorHeaders(HttpResponse response, ProviderRefusal refusal) =>
        response.Headers["x-amzn-ErrorType"] = refusal.Kind ?? KindOf(refusal.Status);

    private static ProviderRefusal Unrecognized() =>
        new(403, "The security token included in the request is invalid.") { Kind = "UnrecognizedClientException" };

    private static string KindOf(int status) => status switch
    {
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        >= 500 => "InternalServerException",
        _ => "ValidationException",
    };

    [GeneratedRegex("^/model/(?<model>[^/]+|arn:.+)/(?<verb>converse|converse-stream|count-tokens|invoke)$")]
    private static partial Regex Address();

    [GeneratedRegex(
        @"^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[a-z0-9-]+/bedrock/aws4_request, ?"
        + @"SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, ?Signature=[0-9a-f]{64}$")]
    private static partial Regex SignedWith();

    [GeneratedRegex(@"^\d{8}T\d{6}Z$")]
    private static partial Regex TimeStamp();
}
