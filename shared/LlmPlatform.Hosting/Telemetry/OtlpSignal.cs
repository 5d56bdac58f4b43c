using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// One signal (traces or metrics) that the environment asks to be exported. The SDK's exporter reads the general
/// <c>OTEL_EXPORTER_OTLP_*</c> variables by itself; those of one signal, which override them, are read here.
/// </summary>
internal sealed class OtlpSignal
{
    private Uri? Endpoint { get; init; }

    private OtlpExportProtocol? Protocol { get; init; }

    private string? Headers { get; init; }

    private int? TimeoutMilliseconds { get; init; }

    private OtlpExportCompression? Compression { get; init; }

    /// <summary>Reads the variables of one signal.</summary>
    /// <param name="configuration">Holds the environment.</param>
    /// <param name="signal"><c>TRACES</c> or <c>METRICS</c>.</param>
    /// <returns>Null when no endpoint is named or the signal is switched off.</returns>
    /// <exception cref="InvalidOperationException">
    /// A variable has a value that cannot be used. The value is not repeated.
    /// </exception>
    public static OtlpSignal? Read(IConfiguration configuration, string signal)
    {
        const string General = "OTEL_EXPORTER_OTLP_";
        var specific = $"{General}{signal}_";

        // The general variables are parsed as well, though the SDK reads them again: it would ignore a bad one in
        // silence.
        var shared = ReadFrom(configuration, General);
        var own = ReadFrom(configuration, specific);
        if ((shared.Endpoint ?? own.Endpoint) is null)
        {
            return null;
        }

        var disabled = string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
            || string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase);
        return disabled ? null : own;
    }

    /// <summary>Lays what is set for this signal over the general settings that the SDK has read.</summary>
    /// <param name="exporter">The exporter's options, general variables already applied.</param>
    public void ApplyTo(OtlpExporterOptions exporter)
    {
        exporter.Protocol = Protocol ?? exporter.Protocol;

        // An endpoint that is set here is taken as it stands, which is what the specification asks of a signal's own
        // endpoint. The general one must not be set again: the exporter would no longer append /v1/traces to it.
        if (Endpoint is not null)
        {
            exporter.Endpoint = Endpoint;
        }

        exporter.Headers = Headers ?? exporter.Headers;
        exporter.TimeoutMilliseconds = TimeoutMilliseconds ?? exporter.TimeoutMilliseconds;
        exporter.Compression = Compression ?? exporter.Compression;
    }

    private static OtlpSignal ReadFrom(IConfiguration configuration, string prefix) => new()
    {
        Endpoint = Parse<Uri>(configuration, $"{prefix}ENDPOINT", "an absolute http or https URI", value =>
            Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null),
        Protocol = Parse<object>(configuration, $"{prefix}PROTOCOL", "grpc or http/protobuf", value => value switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => null,
        }) as OtlpExportProtocol?,
        Headers = Parse<string>(configuration, $"{prefix}HEADERS", "a list of key=value", value => value),
        TimeoutMilliseconds = Parse<object>(configuration, $"{prefix}TIMEOUT", "milliseconds above zero", value =>
            int.TryParse(value, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
                ? milliseconds : null) as int?,
        Compression = Parse<object>(configuration, $"{prefix}COMPRESSION", "gzip or none", value => value switch
        {
            "gzip" => OtlpExportCompression.GZip,
            "none" => OtlpExportCompression.None,
            _ => null,
        }) as OtlpExportCompression?,
    };

    private static T? Parse<T>(IConfiguration configuration, string name, string expected, Func<string, T?> parse)
        where T : class
    {
        var value = configuration[name];
        return string.IsNullOrEmpty(value)
            ? null
            : parse(value) ?? throw new InvalidOperationException($"{name} must be {expected}.");
    }
}
