using System.ComponentModel;
using Hutch.Catalog.Postgres;
using Hutch.Zone.Credentials;
using Hutch.Zone.Delivery;
using Hutch.Zone.Dois;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Hutch.Zone.OpenId;
using Hutch.Zone.Partners;

namespace Hutch.Zone;

public sealed record ZoneOptions
{
    /// <summary>Minutes between two copies of <c>zone.db</c>; no copy is made when nothing changed.</summary>
    [Range(1, 60 * 24 * 365)]
    public int CopyEveryMinutes { get; init; } = 60;

    /// <summary>The most copies; the oldest are deleted.</summary>
    [Range(1, 100_000)]
    public int MaxCopies { get; init; } = 48;

    /// <summary>The most copies from before upgrades; the oldest are deleted.</summary>
    [Range(1, 1000)]
    public int MaxUpgradeCopies { get; init; } = 5;

    /// <summary>The limits of failed login attempts.</summary>
    public AttemptLimits Attempts { get; init; } = new();

    /// <summary>Logins; a separate section in the configuration.</summary>
    [Browsable(false)]
    public AccountOptions Accounts { get; init; } = new();

    /// <summary>Mail; a separate section in the configuration.</summary>
    [Browsable(false)]
    public MailOptions Mail { get; init; } = new();

    /// <summary>OpenID providers; a separate section in the configuration.</summary>
    [Browsable(false)]
    public OidcOptions Oidc { get; init; } = new();

    /// <summary>Partners; a separate section in the configuration.</summary>
    [Browsable(false)]
    public PartnerOptions Partners { get; init; } = new();

    /// <summary>DOIs; a separate section in the configuration.</summary>
    [Browsable(false)]
    public DoiOptions Dois { get; init; } = new();

    /// <summary>The types of datasets, by which placement rules choose; null for none.</summary>
    [Browsable(false)]
    public ITypeLineages? Types { get; init; }

    /// <summary>The HTTP handler for providers; null for the network.</summary>
    [Browsable(false)]
    public HttpMessageHandler? OidcHandler { get; init; }

    /// <summary>The transport of mails; null for SMTP.</summary>
    [Browsable(false)]
    public IMailTransport? MailTransport { get; init; }

    /// <summary>
    /// The address of the portal, such as <c>https://hutch.example.org</c>; null for the address where the server listens.
    /// </summary>
    [Browsable(false)]
    public Uri? PublicUrl { get; init; }

    /// <summary>The PostgreSQL database that several servers share; null for <c>zone.db</c> in the data folder.</summary>
    [Browsable(false)]
    public PostgresDatabase? Postgres { get; init; }

    /// <summary>
    /// The longest time for which callers with earlier access may read immutable data while the PostgreSQL database is away; zero for none.
    /// </summary>
    [Browsable(false)]
    public TimeSpan MaxOffline { get; init; }

    /// <summary>The longest time for which a site accepts keys of narrowable tokens without its zone.</summary>
    [Browsable(false)]
    public TimeSpan MaxKeySilence { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The ids of tokens that a site accepts regardless of the time since its zone answered.</summary>
    [Browsable(false)]
    public IReadOnlyList<string> NeverStop { get; init; } = [];

    /// <summary>The region of signatures of S3 keys for the zone's own site.</summary>
    [Browsable(false)]
    public string S3Region { get; init; } = "us-east-1";

    /// <summary>True if changes wait for the disk. Only tests and simulations set it to false.</summary>
    [Browsable(false)]
    public bool Durable { get; init; } = true;

    /// <summary>Returns these options for a zone in PostgreSQL.</summary>
    /// <param name="passwordFile">A file whose first line is the password; null for the environment.</param>
    /// <param name="maxOffline">The longest time that callers are accepted without the database.</param>
    public ZoneOptions InPostgres(string address, string? passwordFile, TimeSpan maxOffline = default) => this with
    {
        Postgres = new PostgresDatabase(PostgresAddress.Parse(address).Value, PostgresPassword.From(passwordFile)),
        MaxOffline = maxOffline,
    };
}
