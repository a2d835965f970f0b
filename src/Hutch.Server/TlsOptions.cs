using System.ComponentModel.DataAnnotations;

namespace Hutch.Server;

/// <summary>The certificate that the server shows at its HTTPS address.</summary>
public sealed class TlsOptions : IValidatableObject
{
    /// <summary>
    /// The certificate and those between it and its root, PEM. Read again when it changes, so that a renewal needs no restart. Without it
    /// the server makes one and prints its fingerprint.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key, PEM, not encrypted. Default: the key in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// Days for which browsers that used HTTPS return only by HTTPS (Strict-Transport-Security); 0 sends no such header. It is never sent
    /// under a path prefix, where others share the name of the host.
    /// </summary>
    [Range(0, 3650)]
    public int StrictDays { get; init; } = 365;

    /// <summary>Seconds between two checks of the files.</summary>
    [Range(1, 86_400)]
    public int LookEverySeconds { get; init; } = 60;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyFile is not null && CertificateFile is null)
        {
            yield return new ValidationResult("'keyFile' is set without 'certificateFile'.");
        }
    }
}
