using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using Hutch.Model;

namespace Hutch.Zone.OpenId;

/// <summary>One OpenID provider.</summary>
public sealed class OidcProviderOptions : IValidatableObject
{
    /// <summary>A short name for addresses, such as `keycloak`. Accounts stay with it: it does not change.</summary>
    [Required]
    public string Id { get; init; } = "";

    /// <summary>What the button says; the id when it is left out.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// The issuer, exactly as the provider writes it, such as `https://id.example.org/realms/facility`. Plain HTTP is taken from this
    /// machine only.
    /// </summary>
    [Required]
    public string Issuer { get; init; } = "";

    /// <summary>Under which name this server is known to the provider.</summary>
    [Required]
    public string ClientId { get; init; } = "";

    /// <summary>The secret that this server shares with the provider; none for a public client.</summary>
    [PasswordPropertyText(true)]
    public string? ClientSecret { get; init; }

    /// <summary>What is asked for; `openid` is always among it.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["profile", "email"];

    /// <summary>Hosts beside the issuer's at which the provider may have endpoints.</summary>
    public IReadOnlyList<string> OtherHosts { get; init; } = [];

    /// <summary>The claim that becomes the login name of a new account.</summary>
    [Required]
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>Whether somebody who has no account here gets one by logging in.</summary>
    public bool CreateAccounts { get; init; } = true;

    /// <summary>
    /// Whether an account of the same name, made here, becomes theirs. Only for a provider whose names are those of this server's accounts.
    /// </summary>
    public bool LinkByName { get; init; }

    /// <summary>The claim that lists groups or roles.</summary>
    [Required]
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>
    /// Which value of that claim is membership in which group here. Members without the value are taken out, except managers.
    /// </summary>
    public IReadOnlyList<OidcGroup> Groups { get; init; } = [];

    /// <summary>
    /// Which value of that claim is which role here. Accounts without the value lose the role, except the last administrator.
    /// </summary>
    public IReadOnlyList<OidcRole> Roles { get; init; } = [];

    /// <summary>Whether claims are also asked for at the provider's userinfo endpoint.</summary>
    public bool UserInfo { get; init; } = true;

    /// <summary>How far the provider's clock may be off, seconds.</summary>
    [Range(0, 600)]
    public int ClockSkewSeconds { get; init; } = 60;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AccountName.Parse(Id).IsOk)
        {
            yield return new ValidationResult($"'id' is '{Id}': use lowercase letters, digits and hyphens.");
        }

        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out Uri? issuer)
            || !IsSafe(issuer)
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

    /// <summary>Whether what is said to an address stays between the two.</summary>
    internal static bool IsSafe(Uri address) =>
        address.UserInfo.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && IsThisMachine(address)));

    private static bool IsThisMachine(Uri address) =>
        address.IdnHost == "localhost"
            || (IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
