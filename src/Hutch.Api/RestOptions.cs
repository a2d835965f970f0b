namespace Hutch.Api;

public sealed record RestOptions
{
    /// <summary>Limits of connections and bodies.</summary>
    public ApiOptions Limits { get; init; } = new();

    /// <summary>The site's name.</summary>
    public string SiteName { get; init; } = "hutch";

    /// <summary>The portal's address; null when links use the address of the request.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The address of the S3 door for people; null for none that is shown.</summary>
    public Uri? S3Url { get; init; }

    /// <summary>The address of a JupyterHub to which the portal links; null for none.</summary>
    public Uri? JupyterHub { get; init; }

    /// <summary>The address where people download the client; null for none.</summary>
    public Uri? ClientUrl { get; init; }

    /// <summary>The operator's programs under *Open with* in the portal.</summary>
    public IReadOnlyList<OpenWithInfo> OpenWith { get; init; } = [];

    /// <summary>The operator's logo on public pages; null for none.</summary>
    public FacilityLogo? Logo { get; init; }

    /// <summary>True if the server has the door of git and DataLad.</summary>
    public bool ServesGit { get; init; }

    /// <summary>The path under which the server is reached, such as <c>/hutch</c>; null for the root.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>Addresses and networks of proxies whose headers about a request are trusted.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>The days for which browsers use HTTPS only (Strict-Transport-Security); 0 for no header.</summary>
    public int StrictDays { get; init; }

    /// <summary>A folder with the portal's files in place of those in the program; null for the latter.</summary>
    public string? PortalFolder { get; init; }

    /// <summary>True if other machines may send tokens over plain HTTP: only behind a proxy that ends TLS.</summary>
    public bool AllowTokensOverHttp { get; init; }

    /// <summary>True if users log in with passwords.</summary>
    public bool Passwords { get; init; } = true;

    /// <summary>The sender of the server's mail; null without mail.</summary>
    public string? MailFrom { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
