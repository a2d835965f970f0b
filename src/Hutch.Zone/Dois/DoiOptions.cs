using System.ComponentModel;
using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.Dois;

/// <summary>DOIs of published datasets: section <c>dois</c> of the configuration. Without an endpoint no DOIs are assigned.</summary>
public sealed class DoiOptions : IValidatableObject
{
    private const int MaxShoulderCharacters = 32;

    /// <summary>
    /// The REST interface of DataCite or a compatible service: `https://api.datacite.org`, or `https://api.test.datacite.org` for tests. No
    /// DOIs are assigned when it is empty.
    /// </summary>
    public string? Endpoint { get; init; }

    /// <summary>The prefix assigned by the service, such as `10.5072`.</summary>
    public string? Prefix { get; init; }

    /// <summary>The beginning of all DOIs of this server after the prefix, such as `hutch.`; they are unique without it.</summary>
    public string Shoulder { get; init; } = "";

    /// <summary>The repository's account at the service, such as `EXAMPLE.HUTCH`.</summary>
    public string? Account { get; init; }

    /// <summary>The password of that account.</summary>
    [PasswordPropertyText(true)]
    public string? Password { get; init; }

    /// <summary>The longest time for one response of the service, seconds.</summary>
    [Range(1, 600)]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>The delay before the first retry after a failure of the service, seconds; it doubles with each failure.</summary>
    [Range(1, 3600)]
    public int RetrySeconds { get; init; } = 10;

    /// <summary>The longest delay between two attempts, seconds; also the delay after a refusal by the service.</summary>
    [Range(1, 86_400)]
    public int MaxRetrySeconds { get; init; } = 3600;

    /// <summary>The interval at which DOIs are compared with the publications, hours. The service receives only changes.</summary>
    [Range(1, 720)]
    public int CompareHours { get; init; } = 24;

    [Browsable(false)]
    public bool IsOn => !string.IsNullOrWhiteSpace(Endpoint);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
        {
            yield break;
        }

        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out Uri? endpoint) || !IssuerHttp.IsSafe(endpoint)
            || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
        {
            yield return new ValidationResult(
                "'endpoint' must be an https:// URL (http:// for this machine only), such as https://api.datacite.org, without a name, "
                + "password or query.");
        }

        if (!IsPrefix(Prefix))
        {
            yield return new ValidationResult("'prefix' must be the prefix that the service has assigned, such as 10.5072.");
        }

        if (Shoulder.Length > MaxShoulderCharacters
            || !Shoulder.All(static one => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one) || one is '.' or '-' or '_'))
        {
            yield return new ValidationResult(
                $"'shoulder' may have at most {MaxShoulderCharacters} small letters, digits, dots, hyphens and underscores.");
        }

        if (string.IsNullOrWhiteSpace(Account) || Account.Any(static one => char.IsControl(one) || one == ':'))
        {
            yield return new ValidationResult("'account' must be the repository's account at the service, such as EXAMPLE.HUTCH.");
        }

        if (string.IsNullOrEmpty(Password))
        {
            yield return new ValidationResult("'password', or 'passwordFile', must have the password of the account.");
        }
    }

    private static bool IsPrefix(string? text) =>
        text is { Length: >= 7 and <= 20 } && text.StartsWith("10.", StringComparison.Ordinal) && text[3..].All(char.IsAsciiDigit);
}
