namespace Hutch.Zone.Partners;

/// <summary>
/// Partners, whose tokens read data here without an account: section <c>partners</c> of the configuration. None by default.
/// </summary>
public sealed class PartnerOptions : IValidatableObject
{
    /// <summary>The issuers of accepted tokens; see docs/operations/partners.md.</summary>
    public IReadOnlyList<PartnerIssuerOptions> Issuers { get; init; } = [];

    /// <summary>The longest time for a response with the keys of an issuer, seconds.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; init; } = 10;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (IGrouping<string, PartnerIssuerOptions> same in Repeated(static issuer => issuer.Id))
        {
            yield return new ValidationResult($"two issuers have the id '{same.Key}'.");
        }

        foreach (IGrouping<string, PartnerIssuerOptions> same in Repeated(static issuer => issuer.Issuer))
        {
            yield return new ValidationResult($"the issuer '{same.Key}' is there twice: give it all its rules in one place.");
        }
    }

    private IEnumerable<IGrouping<string, PartnerIssuerOptions>> Repeated(Func<PartnerIssuerOptions, string> key) =>
        Issuers.GroupBy(key, StringComparer.Ordinal).Where(static same => same.Count() > 1);
}
