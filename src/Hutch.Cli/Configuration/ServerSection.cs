using System.ComponentModel.DataAnnotations;
using Hutch.Server;
using Hutch.Site.Platform.Servers;

namespace Hutch.Cli.Configuration;

/// <summary>The server's data folder and its addresses.</summary>
internal sealed class ServerSection : IValidatableObject
{
    private const int MaxPrograms = 50;

    /// <summary>The data folder. It cannot be set in the `hutch.yaml` that is in the data folder itself.</summary>
    public string? Data { get; init; }

    /// <summary>Address for plain HTTP: `HOST:PORT`; `*` for all addresses, port 0 for a free one, `none` for no listener.</summary>
    [Required]
    public string Http { get; init; } = ServeOptions.DefaultAddress;

    /// <summary>
    /// Address for HTTPS: `HOST:PORT`, such as `*:8443`; without it there is no listener. The certificate is in the section `tls`.
    /// </summary>
    public string? Https { get; init; }

    /// <summary>
    /// Address of the portal for people, such as `https://hutch.example.org`: links in mails and answers begin with it. Without it they
    /// begin with the address of the request, and no mail is sent.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// Address of the S3 door for people, such as `https://s3.example.org`: the portal shows it in the lines to open a dataset.
    /// </summary>
    public Uri? S3Url { get; init; }

    /// <summary>
    /// Address of a JupyterHub, such as `https://jupyter.example.org`: the portal links to it. Public datasets open there as clones, by
    /// nbgitpuller; others in a session with the Python package.
    /// </summary>
    public Uri? JupyterHub { get; init; }

    /// <summary>
    /// Address where people download `hutch` for their computers, such as a page with the packages of your release: the portal links to it.
    /// </summary>
    public Uri? ClientUrl { get; init; }

    /// <summary>Programs of the facility under *Open with* in the portal; everybody sees them, at most 50.</summary>
    public IReadOnlyList<OpenWithSection> OpenWith { get; init; } = [];

    /// <summary>
    /// File with the logo of the facility, for the pages of published datasets: PNG, JPEG, GIF, WebP or SVG, at most 256 kB. Read at start.
    /// </summary>
    public string? Logo { get; init; }

    /// <summary>
    /// Address of this server for the other servers of the same site, such as `https://a.example.org:8443`. Default: the address for HTTPS,
    /// or for HTTP on this machine alone or with `behindProxy`. Use a plain `http://` only in a network of servers.
    /// </summary>
    public Uri? Address { get; init; }

    /// <summary>Path under which a proxy publishes the server, such as `/hutch`.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>
    /// Addresses and networks of proxies. `X-Forwarded-For`, `X-Forwarded-Proto` and, without `publicUrl`, `X-Forwarded-Host` are trusted
    /// from these alone.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = ["127.0.0.1", "::1"];

    /// <summary>Name of the site.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    public string Name { get; init; } = "hutch";

    /// <summary>A proxy in front of the server ends TLS, so that tokens are accepted over plain HTTP from other machines.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>Allow a data folder on a network file system, whose locks and syncs cannot be trusted.</summary>
    public bool AllowNetworkFileSystem { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is { } address && ServerAddress.Parse(address.OriginalString).Error is { } refusal)
        {
            yield return new ValidationResult(refusal.Message + ".", [nameof(Address)]);
        }

        if (OpenWith.Count > MaxPrograms)
        {
            yield return new ValidationResult($"'openWith' has {OpenWith.Count} entries; at most {MaxPrograms} are shown.");
        }
    }
}
