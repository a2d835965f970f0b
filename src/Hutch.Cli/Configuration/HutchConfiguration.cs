using System.ComponentModel.DataAnnotations;
using Hutch.Agent;
using Hutch.Api;
using Hutch.Buckets.Setup;
using Hutch.Cluster.Setup;
using Hutch.DataLad;
using Hutch.Datasets.Backups;
using Hutch.Federation;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Datagrams;
using Hutch.Messaging.RabbitMq;
using Hutch.Previews;
using Hutch.Programs;
using Hutch.S3;
using Hutch.Server;
using Hutch.Site;
using Hutch.Types.Catalog;
using Hutch.Worker;
using Hutch.Zone;
using Hutch.Zone.Dois;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Hutch.Zone.OpenId;
using Hutch.Zone.Partners;

namespace Hutch.Cli.Configuration;

/// <summary>
/// Every option of the server: a section a property, an option a property of its class. The file, the environment, the flags, their
/// checks and docs/reference/configuration.md all follow from here.
/// </summary>
internal sealed class HutchConfiguration : IValidatableObject
{
    /// <summary>The server's data folder and its addresses.</summary>
    public ServerSection Server { get; init; } = new();

    /// <summary>The certificate for HTTPS.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>The log of the server.</summary>
    public LogSection Log { get; init; } = new();

    /// <summary>Limits of the REST door.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>The S3 door: its addresses and limits.</summary>
    public S3Options S3 { get; init; } = new();

    /// <summary>
    /// Shared storage of a site with several servers: a PostgreSQL database and a bucket; see docs/operations/engines.md. Without it the
    /// site is in the data folder.
    /// </summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>The place of the segments of the data folder.</summary>
    public StorageSection Storage { get; init; } = new();

    /// <summary>The door of git and DataLad: see docs/datalad.md.</summary>
    public DataLadOptions DataLad { get; init; } = new();

    /// <summary>Reading of file contents, in separate processes: see docs/formats/hdf5-reader.md.</summary>
    public FileReaderOptions Look { get; init; } = new();

    /// <summary>The data plane: segments, blobs, heads, maintenance.</summary>
    public SiteOptions Site { get; init; } = new();

    /// <summary>The control plane: accounts, tokens, names, rights.</summary>
    public ZoneOptions Zone { get; init; } = new();

    /// <summary>Logins of people: passwords, one-time links, sessions.</summary>
    public AccountOptions Accounts { get; init; } = new();

    /// <summary>OpenID providers for logging in.</summary>
    public OidcOptions Oidc { get; init; } = new();

    /// <summary>Partners, whose tokens read data here without an account: see docs/operations/partners.md.</summary>
    public PartnerOptions Partners { get; init; } = new();

    /// <summary>Sending of mail; without a host none is sent. It needs `server.publicUrl`, for the links in mails.</summary>
    public MailOptions Mail { get; init; } = new();

    /// <summary>
    /// DOIs of published datasets, from DataCite or a similar service; none without an endpoint. It needs `server.publicUrl`, to which DOIs
    /// lead: see docs/operations/dois.md.
    /// </summary>
    public DoiOptions Dois { get; init; } = new();

    /// <summary>Automatic backups of the server.</summary>
    public BackupOptions Backup { get; init; } = new();

    /// <summary>Types of datasets: see docs/reference/types.md.</summary>
    public TypeOptions Types { get; init; } = new();

    /// <summary>Programs that the server starts on behalf of users: see docs/operations/programs.md.</summary>
    public ProgramOptions Programs { get; init; } = new();

    /// <summary>The worker that analyses frames.</summary>
    public AnalysisWorkerOptions Analysis { get; init; } = new();

    /// <summary>The RabbitMQ broker of the bus. Without it the bus is inside the server: see docs/operations/broker.md.</summary>
    public BusOptions Bus { get; init; } = new();

    /// <summary>Results of runs by HTTP: see docs/operations/control-system.md.</summary>
    public CallbackOptions Callbacks { get; init; } = new();

    /// <summary>Results of spot finding as datagrams: see docs/operations/control-system.md.</summary>
    public DatagramOptions Datagrams { get; init; } = new();

    /// <summary>The facility agent, which publishes folders in place: see docs/operations/facility.md.</summary>
    public AgentOptions Agent { get; init; } = new();

    /// <summary>Existing folders that operators make datasets, in place: see docs/operations/adopting.md.</summary>
    public AdoptOptions Adopt { get; init; } = new();

    /// <summary>The door for other sites: see docs/operations/sites.md.</summary>
    public SitesOptions Sites { get; init; } = new();

    /// <summary>Reports the options that cannot be combined with <see cref="Engine"/>.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Engine.IsOn && Storage.Bucket.IsOn)
        {
            yield return new ValidationResult(
                "'storage.bucket' and 'engine' are both set: a site in PostgreSQL and an object store has no segments in the data folder. "
                + "Remove one of the two.");
        }

        if (Engine.IsOn && Backup.Folder is not null)
        {
            yield return new ValidationResult(
                "'backup.folder' and 'engine' are both set: a site in PostgreSQL and an object store is backed up by their own means. "
                + "Remove 'backup.folder'.");
        }

        if (Engine.IsOn && Site.Lifecycle.MaxTemporaryBytes > 0)
        {
            yield return new ValidationResult(
                "'site.lifecycle.maxTemporaryBytes' and 'engine' are both set: a site in PostgreSQL and an object store does not limit its "
                + "temporary data yet. Remove the limit.");
        }
    }
}

/// <summary>The places of segments outside of the data folder.</summary>
internal sealed class StorageSection
{
    /// <summary>
    /// The bucket for sealed segments. The open ones and a cache are in the data folder: see docs/operations/bucket.md.
    /// </summary>
    public BucketOptions Bucket { get; init; } = new();
}

/// <summary>The content and form of the log, which goes to standard error.</summary>
internal sealed class LogSection
{
    /// <summary>Log JSON lines instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>Log each request.</summary>
    public bool Verbose { get; init; }
}
