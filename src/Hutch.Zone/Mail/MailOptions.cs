using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Mail;

/// <summary>How mail is sent: section <c>mail</c> of the configuration. Without a host none is.</summary>
public sealed class MailOptions : IValidatableObject
{
    /// <summary>
    /// The mail server that takes mail for delivery; none when empty, and what would be mailed is only kept to be read in the portal.
    /// </summary>
    public string? Host { get; init; }

    /// <summary>Its port.</summary>
    [Range(1, 65_535)]
    public int Port { get; init; } = 587;

    /// <summary>Whether the connection must be encrypted (STARTTLS). Without it only a server on this machine is taken.</summary>
    public bool StartTls { get; init; } = true;

    /// <summary>The name to log in to the mail server with; none when empty.</summary>
    public string? User { get; init; }

    /// <summary>The password to log in to the mail server with.</summary>
    [PasswordPropertyText(true)]
    public string? Password { get; init; }

    /// <summary>The address that mail comes from.</summary>
    public string? From { get; init; }

    /// <summary>How long the mail server may take for one mail, seconds.</summary>
    [Range(1, 3600)]
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>Wait before a mail that failed is tried again, seconds; doubled with each failure.</summary>
    [Range(1, 3600)]
    public int RetrySeconds { get; init; } = 30;

    /// <summary>The longest wait between two attempts, seconds.</summary>
    [Range(1, 86_400)]
    public int MaxRetrySeconds { get; init; } = 3600;

    /// <summary>A mail that could not be sent for so long is given up, hours.</summary>
    [Range(1, 720)]
    public int GiveUpHours { get; init; } = 72;

    /// <summary>
    /// A folder with words of one's own, an absolute path: `invite.txt`, `shared.txt`, …, each in the place of the one in the program. The
    /// first line is the subject; what may stand in braces is in docs/operations/accounts.md. They are read and checked at the start.
    /// </summary>
    public string? TemplateFolder { get; init; }

    /// <summary>Whether mail is sent.</summary>
    [Browsable(false)]
    public bool IsOn => !string.IsNullOrWhiteSpace(Host);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TemplateFolder is not null && !Path.IsPathFullyQualified(TemplateFolder))
        {
            yield return new ValidationResult($"'templateFolder' is '{TemplateFolder}': it must be an absolute path.");
        }

        if (!IsOn)
        {
            yield break;
        }

        if (AccountText.Email(From) is not { IsOk: true, Value: not null })
        {
            yield return new ValidationResult("'from' must be an email address, such as hutch@example.org.");
        }

        if (!StartTls && !IsThisMachine(Host!))
        {
            yield return new ValidationResult($"'startTls' may be off only for a mail server on this machine, and '{Host}' is not.");
        }
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(host, out System.Net.IPAddress? address) && System.Net.IPAddress.IsLoopback(address));
}
