using System.ComponentModel;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Mail;

/// <summary>Mail settings: section <c>mail</c> of the configuration. Without a host no mail is sent.</summary>
public sealed class MailOptions : IValidatableObject
{
    /// <summary>
    /// The mail server that accepts mail for delivery. When it is empty, no mail is sent, and users read their messages in the portal.
    /// </summary>
    public string? Host { get; init; }

    /// <summary>The port of the mail server.</summary>
    [Range(1, 65_535)]
    public int Port { get; init; } = 587;

    /// <summary>True if the connection must be encrypted (STARTTLS). If false, the mail server must be on this machine.</summary>
    public bool StartTls { get; init; } = true;

    /// <summary>The login name at the mail server; no login when it is empty.</summary>
    public string? User { get; init; }

    /// <summary>The password at the mail server.</summary>
    [PasswordPropertyText(true)]
    public string? Password { get; init; }

    /// <summary>The sender's address.</summary>
    public string? From { get; init; }

    /// <summary>The longest time for one mail at the mail server, seconds.</summary>
    [Range(1, 3600)]
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>The delay before the first retry of a failed mail, seconds; it doubles with each failure.</summary>
    [Range(1, 3600)]
    public int RetrySeconds { get; init; } = 30;

    /// <summary>The longest delay between two attempts, seconds.</summary>
    [Range(1, 86_400)]
    public int MaxRetrySeconds { get; init; } = 3600;

    /// <summary>The time after which a mail that cannot be sent is dropped, hours.</summary>
    [Range(1, 720)]
    public int GiveUpHours { get; init; } = 72;

    /// <summary>
    /// A folder with your own templates, an absolute path: `invite.txt`, `shared.txt`, …, each replaces the built-in one. The first line is
    /// the subject; docs/operations/accounts.md lists the placeholders. The files are read and checked at the start.
    /// </summary>
    public string? TemplateFolder { get; init; }

    [Browsable(false)]
    public bool IsOn => !string.IsNullOrWhiteSpace(Host);

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
