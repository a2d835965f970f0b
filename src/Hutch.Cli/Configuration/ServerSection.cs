using System.ComponentModel.DataAnnotations;
using Hutch.Api;
using Hutch.Site.Platform.Servers;

namespace Hutch.Cli.Configuration;

/// <summary>Where the server keeps its data and where it listens.</summary>
internal sealed class ServerSection : IValidatableObject
{
    /// <summary>The data folder. It cannot be set in the `hutch.yaml` that is in the data folder itself.</summary>
    public string? Data { get; init; }

    /// <summary>Where to listen for plain HTTP: `HOST:PORT`; `*` for all addresses, port 0 for a free one, `none` for nowhere.</summary>
    [Required]
    public string Http { get; init; } = ServeOptions.DefaultAddress;

    /// <summary>
    /// Where to listen for HTTPS: `HOST:PORT`, as `*:8443`; nowhere when it is left out. The certificate is in the section `tls`.
    /// </summary>
    public string? Https { get; init; }

    /// <summary>
    /// Where people open the portal, such as `https://hutch.example.org`: links in mails and answers begin with it. Without it they begin
    /// with the address that was asked, and no mail is sent.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// Where the other servers of the same site reach this one, such as `https://a.example.org:8443`. Without it: where it listens for
    /// HTTPS, or for HTTP on this machine alone or with `behindProxy`. A plain `http://` belongs into a network that only servers are in.
    /// </summary>
    public Uri? Address { get; init; }

    /// <summary>The path under which a proxy shows the server, such as `/hutch`.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>
    /// Addresses and networks of proxies: what they say in `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` is believed, of
    /// nobody else.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = ["127.0.0.1", "::1"];

    /// <summary>Name of the site.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    public string Name { get; init; } = "hutch";

    /// <summary>Whether a proxy before the server ends TLS, so that tokens may come over plain HTTP from other machines.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>Whether the data folder may be on a network file system, whose locks and syncs cannot be trusted.</summary>
    public bool AllowNetworkFileSystem { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Address is { } address && ServerAddress.Parse(address.OriginalString).Error is { } refusal
            ? [new ValidationResult(refusal.Message + ".", [nameof(Address)])]
            : [];
}
