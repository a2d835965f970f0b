using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Hutch.Catalog.Postgres;
using Hutch.Zone.Credentials;
using Hutch.Zone.Delivery;
using Hutch.Zone.Dois;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Hutch.Zone.OpenId;

namespace Hutch.Zone;

/// <summary>How the zone is kept.</summary>
public sealed record ZoneOptions
{
    /// <summary>Minutes between two copies of <c>zone.db</c>; no copy is made when nothing changed.</summary>
    [Range(1, 60 * 24 * 365)]
    public int CopyEveryMinutes { get; init; } = 60;

    /// <summary>Copies kept; the oldest go.</summary>
    [Range(1, 100_000)]
    public int MaxCopies { get; init; } = 48;

    /// <summary>Copies from before an upgrade kept; the oldest go.</summary>
    [Range(1, 1000)]
    public int MaxUpgradeCopies { get; init; } = 5;

    /// <summary>How many failed attempts to log in are answered.</summary>
    public AttemptLimits Attempts { get; init; } = new();

    /// <summary>How people log in; a section of its own in the configuration.</summary>
    [Browsable(false)]
    public AccountOptions Accounts { get; init; } = new();

    /// <summary>How mail is sent; a section of its own in the configuration.</summary>
    [Browsable(false)]
    public MailOptions Mail { get; init; } = new();

    /// <summary>OpenID providers; a section of its own in the configuration.</summary>
    [Browsable(false)]
    public OidcOptions Oidc { get; init; } = new();

    /// <summary>DOIs; a section of its own in the configuration.</summary>
    [Browsable(false)]
    public DoiOptions Dois { get; init; } = new();

    /// <summary>How providers are reached; null for the network.</summary>
    [Browsable(false)]
    public HttpMessageHandler? OidcHandler { get; init; }

    /// <summary>Who takes mails; null for SMTP.</summary>
    [Browsable(false)]
    public IMailTransport? MailTransport { get; init; }

    /// <summary>Where people reach the portal, such as <c>https://hutch.example.org</c>; null for where the server listens.</summary>
    [Browsable(false)]
    public Uri? PublicUrl { get; init; }

    /// <summary>The PostgreSQL database that several servers share; null for <c>zone.db</c> in the data folder.</summary>
    [Browsable(false)]
    public PostgresPlace? Postgres { get; init; }

    /// <summary>
    /// How long callers who were allowed to read go on reading what never changes while the PostgreSQL database is away; zero for not at
    /// all.
    /// </summary>
    [Browsable(false)]
    public TimeSpan MaxOffline { get; init; }

    /// <summary>The ids of tokens that a site of a zone lets in however long ago it has heard of its zone.</summary>
    [Browsable(false)]
    public IReadOnlyList<string> NeverStop { get; init; } = [];

    /// <summary>Whether a change waits for the disk. Only tests and simulations turn it off.</summary>
    [Browsable(false)]
    public bool Durable { get; init; } = true;

    /// <summary>The same options for a zone in PostgreSQL.</summary>
    /// <param name="address">A valid address.</param>
    /// <param name="passwordFile">A file whose first line is the password; null for the environment.</param>
    /// <param name="maxOffline">How long callers are known without it.</param>
    public ZoneOptions InPostgres(string address, string? passwordFile, TimeSpan maxOffline = default) => this with
    {
        Postgres = new PostgresPlace(PostgresAddress.Parse(address).Value, PostgresPassword.From(passwordFile)),
        MaxOffline = maxOffline,
    };
}
