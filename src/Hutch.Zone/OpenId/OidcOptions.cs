namespace Hutch.Zone.OpenId;

/// <summary>OpenID providers for logins: section <c>oidc</c> of the configuration. None by default.</summary>
public sealed class OidcOptions : IValidatableObject
{
    /// <summary>The providers; each is a button on the login page.</summary>
    public IReadOnlyList<OidcProviderOptions> Providers { get; init; } = [];

    /// <summary>The longest time for a login at the provider, minutes.</summary>
    [Range(1, 120)]
    public int LoginMinutes { get; init; } = 15;

    /// <summary>The most logins in progress; another one drops the oldest.</summary>
    [Range(10, 1_000_000)]
    public int MaxLoginsUnderWay { get; init; } = 10_000;

    /// <summary>The longest time for a response of a provider, seconds.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; init; } = 10;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Providers
        .GroupBy(provider => provider.Id, StringComparer.Ordinal)
        .Where(same => same.Count() > 1)
        .Select(same => new ValidationResult($"two providers have the id '{same.Key}'."));
}
