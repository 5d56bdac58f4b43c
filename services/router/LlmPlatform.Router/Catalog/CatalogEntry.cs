using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// A provider, model or rule that an operator added beside the file. What it says is kept encrypted, since a provider
/// has credentials in it.
/// </summary>
internal sealed class CatalogEntry
{
    /// <summary>The list of the file it stands behind: <c>providers</c>, <c>models</c> or <c>routes</c>.</summary>
    public required string Section { get; init; }

    /// <summary>Unique in its list; a rule's is made.</summary>
    public required string Name { get; init; }

    /// <summary>What was sent, encrypted and bound to <see cref="BoundTo"/>.</summary>
    public required string EncryptedContent { get; set; }

    /// <summary>When it was first added: the order of the entries.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    private string BoundTo => $"catalogue:{Section}:{Name}";

    public void Write(string json, CredentialCipher cipher) => EncryptedContent = cipher.Encrypt(json, BoundTo);

    /// <summary>What it says, as the file would.</summary>
    public ConfigurationAddition Read(CredentialCipher cipher) =>
        new(Section, cipher.Decrypt(EncryptedContent, BoundTo));

    /// <summary>Encrypts it anew where only the encryption key before opens it.</summary>
    public void Renew(CredentialCipher cipher)
    {
        if (!cipher.IsCurrent(EncryptedContent, BoundTo))
            Write(Read(cipher).Json, cipher);
    }

    internal sealed class Mapping : IEntityTypeConfiguration<CatalogEntry>
    {
        public void Configure(EntityTypeBuilder<CatalogEntry> builder)
        {
            builder.ToTable("catalog_entry");
            builder.HasKey(entry => new { entry.Section, entry.Name }).HasName("pk_catalog_entry");
            builder.Property(entry => entry.Section).HasColumnName("section").HasMaxLength(32);
            builder.Property(entry => entry.Name).HasColumnName("name").HasMaxLength(128);
            builder.Property(entry => entry.EncryptedContent).HasColumnName("encrypted_content");
            builder.Property(entry => entry.CreatedAt).HasColumnName("created_at");
        }
    }
}
