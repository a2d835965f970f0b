using System.ComponentModel.DataAnnotations;

namespace Hutch.Zone.OpenId;

/// <summary>OpenID providers with which people log in: section <c>oidc</c> of the configuration. None unless told.</summary>
public sealed class OidcOptions : IValidatableObject
{
    /// <summary>The providers; each is a button on the page for logging in.</summary>
    public IReadOnlyList<OidcProviderOptions> Providers { get; init; } = [];

    /// <summary>How long somebody may take at the provider, minutes.</summary>
    [Range(1, 120)]
    public int LoginMinutes { get; init; } = 15;

    /// <summary>Logins that may be under way at one time; one more forgets the oldest.</summary>
    [Range(10, 1_000_000)]
    public int MaxLoginsUnderWay { get; init; } = 10_000;

    /// <summary>A token that the command line gets by logging in is good for so long, days.</summary>
    [Range(1, 3650)]
    public int DeviceTokenDays { get; init; } = 90;

    /// <summary>How long a provider may take to answer, seconds.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; init; } = 10;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Providers
        .GroupBy(provider => provider.Id, StringComparer.Ordinal)
        .Where(same => same.Count() > 1)
        .Select(same => new ValidationResult($"two providers have the id '{same.Key}'."));
}
