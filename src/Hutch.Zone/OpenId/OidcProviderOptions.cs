using System.ComponentModel;
using Hutch.Zone.SignedTokens;

namespace Hutch.Zone.OpenId;

public sealed class OidcProviderOptions : IValidatableObject
{
    /// <summary>A short name for addresses, such as `keycloak`. Accounts are linked to it, so it must not change.</summary>
    [Required]
    public string Id { get; init; } = "";

    /// <summary>The text of the button; the id by default.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// The issuer, exactly as the provider writes it, such as `https://id.example.org/realms/facility`. Plain HTTP is allowed only on this
    /// machine.
    /// </summary>
    [Required]
    public string Issuer { get; init; } = "";

    /// <summary>The identifier of this server at the provider.</summary>
    [Required]
    public string ClientId { get; init; } = "";

    /// <summary>The secret that this server shares with the provider; none for a public client.</summary>
    [PasswordPropertyText(true)]
    public string? ClientSecret { get; init; }

    /// <summary>The requested scopes; `openid` is always included.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["profile", "email"];

    /// <summary>More hosts, other than the issuer's, that may have endpoints of the provider.</summary>
    public IReadOnlyList<string> OtherHosts { get; init; } = [];

    /// <summary>The claim that becomes the login name of a new account.</summary>
    [Required]
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>True if a login without an account creates one.</summary>
    public bool CreateAccounts { get; init; } = true;

    /// <summary>
    /// True if a login takes over the account that SCIM made with its subject as `externalId`. Only for the provider whose SCIM client
    /// makes the accounts.
    /// </summary>
    public bool LinkByExternalId { get; init; }

    /// <summary>
    /// True if a login takes over the account with its mail address, if the provider says that it has verified the address and the account
    /// has proved it with a mailed login link.
    /// </summary>
    public bool LinkByMail { get; init; }

    /// <summary>
    /// True if a login takes over an account with exactly its name, if nothing belongs to that account yet. Only for a provider whose names
    /// are those of this server's accounts.
    /// </summary>
    public bool LinkByName { get; init; }

    /// <summary>The claim that lists groups or roles.</summary>
    [Required]
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>The mapping from values of that claim to groups here. Members without the value are removed, except managers.</summary>
    public IReadOnlyList<OidcGroup> Groups { get; init; } = [];

    /// <summary>
    /// The mapping from values of that claim to roles here. Accounts without the value lose the role, except the last administrator.
    /// </summary>
    public IReadOnlyList<OidcRole> Roles { get; init; } = [];

    /// <summary>True if claims are also requested from the provider's userinfo endpoint.</summary>
    public bool UserInfo { get; init; } = true;

    /// <summary>The largest error of the provider's clock, seconds.</summary>
    [Range(0, 600)]
    public int ClockSkewSeconds { get; init; } = 60;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AccountName.Parse(Id).IsOk)
        {
            yield return new ValidationResult($"'id' is '{Id}': use lowercase letters, digits and hyphens.");
        }

        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out Uri? issuer)
            || !IssuerHttp.IsSafe(issuer)
            || issuer.Query.Length > 0
            || issuer.Fragment.Length > 0)
        {
            yield return new ValidationResult(
                $"'issuer' is '{Issuer}': it must be an https:// URL (http:// for this machine only) without a query.");
        }

        foreach (OidcRole role in Roles.Where(role => !RoleNames.Parse(role.Role).IsOk))
        {
            yield return new ValidationResult($"'roles' has an unknown role '{role.Role}'.");
        }
    }
}
