using Hutch.Catalog.Inspection;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Zone;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Changes;
using Hutch.Zone.Credentials;
using Hutch.Zone.Delivery;
using Hutch.Zone.Dois;
using Hutch.Zone.Grants;
using Hutch.Zone.Logins;
using Hutch.Zone.Losses;
using Hutch.Zone.Mail;
using Hutch.Zone.Names;
using Hutch.Zone.OpenId;
using Hutch.Zone.Placement;
using Hutch.Zone.Publishing;
using Hutch.Zone.Purges;
using Hutch.Zone.Sites;
using Microsoft.Extensions.Logging;

namespace Hutch.Zone;

/// <summary>The zone of a server, opened: its records and all services over them. The one thing that a host makes.</summary>
public sealed class ZoneServices : IAsyncDisposable
{
    /// <summary>The name of its file in the data folder.</summary>
    public const string FileName = ZoneDatabase.FileName;

    private readonly ZoneDatabase _zone;
    private readonly IDisk _disk;
    private readonly string _folder;
    private int _disposed;

    private ZoneServices(
        ZoneDatabase zone, IDisk disk, ZoneCopies copies, ZoneCopyOptions copyOptions,
        ZoneOptions options, S3Keys s3Keys, TimeProvider time,
        ILoggerFactory loggers)
    {
        _zone = zone;
        _disk = disk;
        _folder = copies.DataFolder;
        time = zone.Time;
        var changes = new ChangedRights(zone);
        Authorizer = new Authorizer(zone, changes, new RememberedRights(options.MaxOffline, time), time);
        Limiter = new AttemptLimiter(options.Attempts, time);
        Mailbox = new Mailbox(zone, options.Mail, options.PublicUrl, disk);
        Invites = new Invites(zone, Authorizer, Mailbox, options.Accounts, time);
        Logins = new LoginService(zone, options.Accounts, Invites, Mailbox, time);
        OpenId = new OidcLogins(zone, Logins, options.Oidc, options.OidcHandler, time, loggers.CreateLogger<OidcLogins>());
        MailSender = new MailSender(
            zone, Mailbox, Logins, options.Mail, options.Accounts, options.MailTransport ?? new SmtpTransport(options.Mail), time,
            loggers.CreateLogger<MailSender>());
        Authenticator = new Authenticator(zone, changes, Limiter, s3Keys, time, Logins.SessionIdle, options.MaxOffline, options.NeverStop);
        Accounts = new AccountService(zone, Authorizer, s3Keys, Mailbox, time);
        StepTokens = new StepTokens(zone, Authorizer, time);
        Names = new DatasetNames(zone, Authorizer, time);
        GivenNames = new GivenNames(zone);
        Changes = new ZoneChanges(zone);
        Sharing = new Sharing(zone, Authorizer, Mailbox, time);
        AccessRequests = new AccessRequests(zone, Authorizer, Sharing, time);
        Ownership = new Ownership(zone, Authorizer, Mailbox, time);
        Notices = new DatasetNotices(zone, Mailbox);
        Sites = new SiteRegistry(zone, time);
        SiteNames = new SiteNames(zone);
        JoiningData = new JoiningData(zone, Sites);
        SiteReaders = new SiteReaders(zone, Authorizer);
        Restored = new RestoredZone(zone);
        Feed = new ZoneFeed(zone, time);
        View = new SiteView(zone, time);
        CopyNotices = new CopyNotices(zone, Notices);
        Copies = new CopyRegistry(zone, Authorizer, CopyNotices);
        Homes = new HomeRegistry(zone, Authorizer);
        Summaries = new SummaryRegistry(zone, time);
        Losses = new LostHomes(zone, Notices);
        Purges = new PurgeRegistry(zone);
        Rules = new RuleRegistry(zone, Authorizer);
        Publications = new Publications(zone, Authorizer, options.Dois);
        DoiRegistrar = new DoiRegistrar(zone, options.Dois, time, loggers.CreateLogger<DoiRegistrar>());
        Placements = new Placements(zone, Authorizer);
        Attempts = zone.IsEmbedded ? null : new AttemptExchange(
            zone,
            new Dictionary<string, AttemptLimiter>
            {
                ["token"] = Limiter,
                ["password"] = Logins.Attempts,
                ["reset"] = Logins.Resets,
                ["openid"] = OpenId.Attempts,
            },
            Logins.Places, time, loggers.CreateLogger<AttemptExchange>());
        Upkeep = new ZoneUpkeep(zone, copies, copyOptions, Authenticator, Attempts, time, loggers.CreateLogger<ZoneUpkeep>());
    }

    /// <inheritdoc cref="ZoneDatabase.Id"/>
    public string Id => _zone.Id;

    /// <summary>What the servers of the zone know each other by; null where there is one.</summary>
    public byte[]? ServerKey { get; private init; }

    public Authorizer Authorizer { get; }

    public Authenticator Authenticator { get; }

    public AttemptLimiter Limiter { get; }

    public LoginService Logins { get; }

    public AccountService Accounts { get; }

    /// <summary>Tokens for steps of programs.</summary>
    public StepTokens StepTokens { get; }

    public DatasetNames Names { get; }

    /// <summary>Names that this site gives while its zone cannot be reached.</summary>
    public GivenNames GivenNames { get; }

    public Sharing Sharing { get; }

    public AccessRequests AccessRequests { get; }

    public Ownership Ownership { get; }

    public DatasetNotices Notices { get; }

    /// <summary>Tells who asked for copies how it went.</summary>
    public CopyNotices CopyNotices { get; }

    /// <summary>The sites of the zone, or the zone that this server has joined.</summary>
    public SiteRegistry Sites { get; }

    /// <summary>What sites tell a zone that was restored.</summary>
    public RestoredZone Restored { get; }

    /// <summary>Names that sites ask for.</summary>
    public SiteNames SiteNames { get; }

    /// <summary>What the zone takes over of servers that join with accounts and datasets.</summary>
    public JoiningData JoiningData { get; }

    /// <summary>What sites may read for the people who use them.</summary>
    public SiteReaders SiteReaders { get; }

    /// <summary>What has changed in the zone, for its sites.</summary>
    public ZoneFeed Feed { get; }

    /// <summary>Which sites are to have copies of which datasets.</summary>
    public CopyRegistry Copies { get; }

    /// <summary>Which site is the home of which dataset, and how that changes.</summary>
    public HomeRegistry Homes { get; }

    /// <summary>What homes say of their datasets, for lists at every site.</summary>
    public SummaryRegistry Summaries { get; }

    /// <summary>Homes that were lost, and what they had accepted.</summary>
    public LostHomes Losses { get; }

    /// <summary>What ends at every site at once.</summary>
    public PurgeRegistry Purges { get; }

    /// <summary>How datasets are cited.</summary>
    public Publications Publications { get; }

    /// <summary>Tells the service of DOIs what is published.</summary>
    public DoiRegistrar DoiRegistrar { get; }

    /// <summary>Rules that say where datasets are.</summary>
    public RuleRegistry Rules { get; }

    /// <summary>What follows from them.</summary>
    public Placements Placements { get; }

    /// <summary>What this server sees of the zone that it has joined.</summary>
    public SiteView View { get; }

    public OidcLogins OpenId { get; }

    public Invites Invites { get; }

    public Mailbox Mailbox { get; }

    public MailSender MailSender { get; }

    public ZoneUpkeep Upkeep { get; }

    /// <summary>What servers tell each other of failed attempts; null where there is one server only.</summary>
    internal AttemptExchange? Attempts { get; }

    public ZoneChanges Changes { get; }

    /// <summary>Where the administrator's token was written, when this was the first start; null later.</summary>
    public string? FirstStartTokenPath { get; private init; }

    /// <summary>What an operator should know of damage in the records of the zone; null for none.</summary>
    public string? Damage => _zone.Damage is { } damage
        ? $"{(_zone.IsEmbedded ? FileName : "The database")}, which has the accounts, tokens and grants, is damaged "
            + $"({damage.TrimEnd('.')})."
        : null;

    /// <summary>How an operator brings the accounts back, in a sentence with the one command.</summary>
    public string WayBack => _zone.IsEmbedded
        ? ZoneCopies.WayBack(_disk, _folder)
        : "Restore the PostgreSQL database from its operator's backup.";

    /// <summary>How an operator brings back the accounts of a data folder, in a sentence with the one command.</summary>
    public static string WayBackOf(IDisk disk, string folder) => ZoneCopies.WayBack(disk, folder);

    /// <summary>Whether a data folder has any copy of the zone.</summary>
    public static bool HasCopies(IDisk disk, string folder) => ZoneCopies.Any(disk, folder);

    /// <summary>
    /// Opens or creates the zone of a data folder and, on the first start, makes the account <c>admin</c> and writes its token.
    /// An exception says in words what is wrong with the database.
    /// </summary>
    /// <param name="disk">The disk that the folder is on.</param>
    /// <param name="folder">The data folder; it exists, and this process owns it.</param>
    /// <param name="options">How the zone is kept.</param>
    /// <param name="beforeFirst">Called when there is no account, before the first is made; to refuse that.</param>
    public static async ValueTask<ZoneServices> OpenAsync(
        IDisk disk, string folder, ZoneOptions options, TimeProvider time, ILoggerFactory loggers, Action beforeFirst, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Mail.IsOn && options.PublicUrl is null)
        {
            // What a request says of its host may be a lie, and a mail goes to somebody else.
            throw ErrorCode.BadRequest.With(
                "Mail is on and contains links: set 'server.publicUrl' to the URL of the portal.").ToException();
        }

        if (options.Dois.IsOn && options.PublicUrl is null)
        {
            throw ErrorCode.BadRequest.With(
                "DOIs are on and lead to pages of this server: set 'server.publicUrl' to the URL of the portal.").ToException();
        }

        var copyOptions = new ZoneCopyOptions
        {
            EveryMinutes = options.CopyEveryMinutes,
            MaxCopies = options.MaxCopies,
            MaxUpgradeCopies = options.MaxUpgradeCopies,
        };
        var copies = new ZoneCopies(disk, folder, copyOptions, time);
        SqliteOptions sqlite = options.Durable ? SqliteOptions.Durable : SqliteOptions.View;
        ZoneDatabase zone = options.Postgres is { } place
            ? await ZoneDatabase.OpenAsync(place, time, loggers.CreateLogger<ZoneDatabase>(), beforeFirst, ct)
            : ZoneDatabase.Open(disk, folder, time, copies, sqlite, beforeFirst);
        try
        {
            string? tokenPath = await AdminAccount.EnsureAsync(zone, disk, folder, beforeFirst, ct);
            S3Keys s3Keys = zone.IsEmbedded ? S3Keys.Open(disk, folder) : await S3Keys.OpenSharedAsync(zone, disk, folder, ct);
            return new ZoneServices(zone, disk, copies, copyOptions, options, s3Keys, time, loggers)
            {
                FirstStartTokenPath = tokenPath,
                ServerKey = zone.IsEmbedded
                    ? null
                    : await SharedSecret.EnsureAsync(zone, "servers.key", "server-key.share", null, ct),
            };
        }
        catch
        {
            await zone.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Gives the account <c>admin</c> a new token, whose file is returned, and revokes its older ones: for an operator on the machine who
    /// has lost every other way in.
    /// </summary>
    public ValueTask<Result<string>> RecoverAdminAsync(CancellationToken ct) => AdminAccount.RecoverAsync(_zone, _disk, _folder, ct);

    /// <summary>
    /// Called at the first start after a restore: ends what was promised to those who were logged in when the backup was made. Tokens stay:
    /// they are their owners', and can be revoked.
    /// </summary>
    public async ValueTask BeginIncarnationAsync(CancellationToken ct)
    {
        Result<Done> ended = await _zone.ChangeOwnAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Feed.BeginIncarnation();
                int sessions = change.Sessions.EndAll();
                int links = change.LoginLinks.RevokeAll();
                change.Note(
                    "zone.restore", null, $"restored from a backup: {sessions} sessions and {links} one-time links are void");
                return Done.Value;
            },
            ct);
        _ = ended.Value;
    }

    /// <summary>Writes a checked copy of <c>zone.db</c> into a new file, for a backup.</summary>
    public ValueTask CopyToAsync(IDisk disk, string path, CancellationToken ct) => _zone.CopyToAsync(disk, path, ct);

    /// <summary>Looks at the file from outside, without changing it.</summary>
    public static DatabaseLook LookAt(string path) => DatabaseLook.AtZone(path);

    /// <summary>What is wrong with the log that the file was left with; null for nothing.</summary>
    public static string? LookAtLog(string path) => DatabaseLook.LogOfZone(path);

    /// <summary>Closes the zone after noting when tokens were last used. Closing again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            await Authenticator.FlushLastUsesAsync(CancellationToken.None);
        }
        catch (HutchException)
        {
            // The zone's database is away, as its upkeep has told. When tokens were last used is not worth failing a stop for.
        }
        finally
        {
            Logins.Dispose();
            OpenId.Dispose();
            DoiRegistrar.Dispose();
            await _zone.DisposeAsync();
        }
    }
}
