using System.ComponentModel.DataAnnotations;

namespace Hutch.Api;

/// <summary>The certificate that the server shows at its HTTPS address.</summary>
public sealed class TlsOptions : IValidatableObject
{
    /// <summary>
    /// The certificate and those between it and its root, PEM. Read again when it changes, so that a renewal needs no restart. Without it
    /// the server makes one of its own and prints its fingerprint.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key, PEM, not encrypted; without it, it stands in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// How long browsers that were here by HTTPS come back by nothing else (Strict-Transport-Security), days; 0 not to say so. Never said
    /// under a path prefix, where the name of the host is others' too.
    /// </summary>
    [Range(0, 3650)]
    public int StrictDays { get; init; } = 365;

    /// <summary>How often the files are looked at, seconds.</summary>
    [Range(1, 86_400)]
    public int LookEverySeconds { get; init; } = 60;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyFile is not null && CertificateFile is null)
        {
            yield return new ValidationResult("'keyFile' is set without 'certificateFile'.");
        }
    }
}
