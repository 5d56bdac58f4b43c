namespace LlmPlatform.Hosting.Configuration;

/// <summary>A mail server.</summary>
public sealed record SmtpConfiguration
{
    /// <summary>Its name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Its port, 1 to 65535. Default 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>The sender's address.</summary>
    public required string From { get; init; }

    /// <summary>How the connection is protected. Default starttls.</summary>
    public SmtpTls Tls { get; init; } = SmtpTls.StartTls;

    /// <summary>Who signs in; null: nobody does. Given together with <see cref="Password"/>.</summary>
    public string? Username { get; init; }

    /// <summary>The password of <see cref="Username"/>.</summary>
    public Secret? Password { get; init; }
}
