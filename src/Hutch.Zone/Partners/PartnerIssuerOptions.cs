using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.Partners;

public sealed class PartnerIssuerOptions : IValidatableObject
{
    /// <summary>The most rules of one issuer.</summary>
    public const int MaxRules = 1000;

    /// <summary>A short name for messages, such as `atlas`.</summary>
    [Required]
    public string Id { get; init; } = "";

    /// <summary>The issuer, exactly as its tokens write it in `iss`, such as `https://iam.example.org/`.</summary>
    [Required]
    public string Issuer { get; init; } = "";

    /// <summary>
    /// The address of its keys: `jwks_uri` in its `.well-known/openid-configuration`. Plain HTTP is allowed only on this machine.
    /// </summary>
    [Required]
    public string Keys { get; init; } = "";

    /// <summary>
    /// The audiences for which a token must be, one of them, such as `https://hutch.example.org`. A token for any audience
    /// (`https://wlcg.cern.ch/jwt/v1/any`) is accepted only if this value is listed.
    /// </summary>
    [Required]
    [MinLength(1)]
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>The longest life of a token, minutes; a token for longer is refused, because none can be revoked.</summary>
    [Range(1, 60)]
    public int MaxMinutes { get; init; } = 60;

    /// <summary>The largest error of the issuer's clock, seconds.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; init; } = 60;

    /// <summary>What its tokens read. Everything that no rule names stays closed.</summary>
    public IReadOnlyList<PartnerRule> Rules { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AccountName.Parse(Id).IsOk)
        {
            yield return new ValidationResult($"'id' is '{Id}': use lowercase letters, digits and hyphens.");
        }

        if (!IsAddress(Issuer))
        {
            yield return new ValidationResult(
                $"'issuer' is '{Issuer}': it must be an https:// URL (http:// for this machine only) without a query.");
        }

        if (!IsAddress(Keys))
        {
            yield return new ValidationResult(
                $"'keys' is '{Keys}': it must be an https:// URL (http:// for this machine only) without a query.");
        }

        if (Audiences.Any(string.IsNullOrWhiteSpace))
        {
            yield return new ValidationResult("'audiences' has an empty value.");
        }

        if (Rules.Count > MaxRules)
        {
            yield return new ValidationResult($"'rules' has {Rules.Count} rules; at most {MaxRules} are possible.");
        }
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && IssuerHttp.IsSafe(address)
        && address.Query.Length == 0 && address.Fragment.Length == 0;
}
