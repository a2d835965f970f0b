using Hutch.Catalog.Inspection;
using Hutch.Catalog.Postgres;
using Hutch.Catalog.Sqlite;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Changes;
using Hutch.Zone.Credentials;
using Hutch.Zone.Delivery;
using Hutch.Zone.Dois;
using Hutch.Zone.Grants;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;
using Hutch.Zone.Names;
using Hutch.Zone.OpenId;
using Hutch.Zone.Partners;
using Hutch.Zone.Publishing;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Homes;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Purges;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Visits;

namespace Hutch.Zone;

/// <summary>The open zone of a server: its records and all services. A host creates only this object.</summary>
public sealed class ZoneServices : IAsyncDisposable
{
    public const string FileName = ZoneDatabase.FileName;

    private readonly ZoneDatabase _zone;
    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly ZoneCopies _copies;
    private readonly PartnerTokens _partners;
    private int _disposed;

    private ZoneServices(
        ZoneDatabase zone, IDisk disk, ZoneCopies copies, ZoneCopyOptions copyOptions,
        ZoneOptions options, S3Keys s3Keys, SigningKeys signingKeys, TimeProvider time,
        ILoggerFactory loggers)
    {
        _zone = zone;
        _disk = disk;
        (_copies, _folder) = (copies, copies.DataFolder);
        time = zone.Time;
        var changes = new ChangedRights(zone);
        Authorizer = new Authorizer(zone, changes, new OfflineRights(options.MaxOffline, time), time);
        Limiter = new AttemptLimiter(options.Attempts, time);
        Mailbox = new Mailbox(zone, options.Mail, options.PublicUrl, disk);
        Invites = new Invites(zone, Authorizer, Mailbox, options.Accounts, time);
        Logins = new LoginService(zone, options.Accounts, Mailbox, time);
        LoginLinks = new LoginLinks(zone, Logins, options.Accounts, Mailbox, time);
        SiteConsents = new SiteConsents(zone, Mailbox, time);
        SiteLoginAuthorizer = new SiteLoginAuthorizer(zone, options.PublicUrl, Logins.SessionIdle, time);
        ZoneLoginClient = new ZoneLoginClient(zone, Logins, options.Oidc.MaxLoginsUnderWay, time);
        DeviceLogins = new DeviceLogins(zone, options.Accounts, time);
        ScreenLogins = new ScreenLogins(zone, Logins, time);
        InviteLogins = new InviteLogins(zone, Logins, options.Accounts, Invites, time);
        OpenId = new OidcLogins(zone, Logins, options.Oidc, options.OidcHandler, time, loggers.CreateLogger<OidcLogins>());
        MailSender = new MailSender(
            zone, Mailbox, LoginLinks, InviteLogins, options.Mail, options.Accounts,
            options.MailTransport ?? new SmtpTransport(options.Mail), time, loggers.CreateLogger<MailSender>());
        _partners = new PartnerTokens(zone, options.Partners, options.OidcHandler, time);
        Authenticator = new Authenticator(
            zone, changes, Limiter, time, Logins.SessionIdle, options.MaxOffline, options.MaxKeySilence, options.NeverStop, _partners);
        SigningKeys = signingKeys;
        SigningKeyIssuer = new SigningKeyIssuer(zone, s3Keys);
        S3 = new S3Authenticator(zone, Authenticator, s3Keys, signingKeys, options.S3Region);
        Accounts = new AccountService(zone, Mailbox, options.Accounts, time);
        Provisioning = new AccountProvisioning(zone, Accounts);
        Identities = new IdentityLinks(zone);
        Groups = new GroupService(zone);
        Visits = new VisitService(zone, time);
        VisitNotes = new VisitNotes(zone, Authorizer, time);
        Tokens = new TokenService(zone, Authorizer, s3Keys, time);
        HandOvers = new HandOverService(zone, Mailbox);
        JobTokens = new JobTokens(zone, Authorizer, time);
        Names = new DatasetNames(zone, Authorizer, time);
        ProvisionalNameRegistry = new ProvisionalNameRegistry(zone);
        Changes = new ZoneChanges(zone);
        Sharing = new Sharing(zone, Authorizer, Mailbox, time);
        AccessRequests = new AccessRequests(zone, Authorizer, Sharing, Mailbox, time);
        Ownership = new Ownership(zone, Authorizer, Mailbox, time);
        Notices = new DatasetNotices(zone, Mailbox);
        Sites = new SiteRegistry(zone, options.S3Region, time);
        SiteNames = new SiteNames(zone);
        JoinImport = new JoinImport(zone, Sites);
        SiteReaders = new SiteReaders(zone, Authorizer);
        Restored = new RestoredZone(zone);
        Feed = new ZoneFeed(zone, time);
        View = new SiteView(zone, time);
        CopyNotices = new CopyNotices(zone, Notices);
        Copies = new CopyRegistry(zone, Authorizer, CopyNotices);
        Homes = new HomeRegistry(zone, Authorizer);
        Summaries = new SummaryRegistry(zone, options.Types, time);
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
                ["reset"] = LoginLinks.Resets,
                ["openid"] = OpenId.Attempts,
                ["device"] = DeviceLogins.Attempts,
            },
            Logins.Places, time, loggers.CreateLogger<AttemptExchange>());
        Upkeep = new ZoneMaintenance(
            zone, copies, copyOptions, Authenticator, SiteLoginAuthorizer, Identities, Attempts, time,
            loggers.CreateLogger<ZoneMaintenance>());
    }

    private const int MaxKeyBytes = 4096;

    /// <summary>The name of the key of a site, in a file or among the shared secrets.</summary>
    public const string SiteKeyName = "site.key";

    /// <inheritdoc cref="ZoneDatabase.Id"/>
    public string Id => _zone.Id;

    /// <summary>The key by which the servers of the zone recognize each other; null for a single server.</summary>
    public byte[]? ServerKey { get; private init; }

    public Authorizer Authorizer { get; }

    public Authenticator Authenticator { get; }

    /// <summary>Identifies the signers of requests to the S3 door.</summary>
    public S3Authenticator S3 { get; }

    /// <summary>At a site: the signing keys of S3 keys that its zone derived for it.</summary>
    public SigningKeys SigningKeys { get; }

    /// <summary>At a zone: derives signing keys for its sites.</summary>
    public SigningKeyIssuer SigningKeyIssuer { get; }

    public AttemptLimiter Limiter { get; }

    public LoginService Logins { get; }

    public LoginLinks LoginLinks { get; }

    public InviteLogins InviteLogins { get; }

    public ScreenLogins ScreenLogins { get; }

    /// <summary>Logins of accounts of this zone at its sites.</summary>
    public SiteLoginAuthorizer SiteLoginAuthorizer { get; }

    /// <summary>The consents of people to these logins.</summary>
    public SiteConsents SiteConsents { get; }

    /// <summary>Logins of the command line that a person approves in a browser.</summary>
    public DeviceLogins DeviceLogins { get; }

    /// <summary>Logins of browsers at this site through its zone.</summary>
    public ZoneLoginClient ZoneLoginClient { get; }

    public AccountService Accounts { get; }

    public VisitService Visits { get; }

    public VisitNotes VisitNotes { get; }

    /// <summary>Accounts that an identity provider creates and disables.</summary>
    public AccountProvisioning Provisioning { get; }

    /// <summary>The links of accounts to identities at login providers.</summary>
    public IdentityLinks Identities { get; }

    public GroupService Groups { get; }

    public TokenService Tokens { get; }

    public HandOverService HandOvers { get; }

    public JobTokens JobTokens { get; }

    public DatasetNames Names { get; }

    public ProvisionalNameRegistry ProvisionalNameRegistry { get; }

    public Sharing Sharing { get; }

    public AccessRequests AccessRequests { get; }

    public Ownership Ownership { get; }

    public DatasetNotices Notices { get; }

    public CopyNotices CopyNotices { get; }

    public SiteRegistry Sites { get; }

    public RestoredZone Restored { get; }

    public SiteNames SiteNames { get; }

    public JoinImport JoinImport { get; }

    public SiteReaders SiteReaders { get; }

    public ZoneFeed Feed { get; }

    public CopyRegistry Copies { get; }

    public HomeRegistry Homes { get; }

    public SummaryRegistry Summaries { get; }

    public LostHomes Losses { get; }

    public PurgeRegistry Purges { get; }

    public Publications Publications { get; }

    public DoiRegistrar DoiRegistrar { get; }

    public RuleRegistry Rules { get; }

    public Placements Placements { get; }

    public SiteView View { get; }

    public OidcLogins OpenId { get; }

    public Invites Invites { get; }

    public Mailbox Mailbox { get; }

    public MailSender MailSender { get; }

    public ZoneMaintenance Upkeep { get; }

    /// <summary>The exchange of failed attempts between servers; null for a single server.</summary>
    internal AttemptExchange? Attempts { get; }

    public ZoneChanges Changes { get; }

    /// <summary>The path of the administrator's token at the first start; null later.</summary>
    public string? FirstStartTokenPath { get; private init; }

    /// <summary>A message for the operator about damage in the records of the zone; null for none.</summary>
    public string? Damage => _zone.Damage is { } damage
        ? $"{(_zone.IsEmbedded ? FileName : "The database")}, which has the accounts, tokens and grants, is damaged "
            + $"({damage.TrimEnd('.')})."
        : null;

    /// <summary>The instruction for restoring the accounts, a sentence with the one command.</summary>
    public string WayBack => _zone.IsEmbedded
        ? ZoneCopies.WayBack(_disk, _folder)
        : "Restore the PostgreSQL database from its operator's backup.";

    /// <summary>Returns the instruction for restoring the accounts of a data folder, a sentence with the one command.</summary>
    public static string WayBackOf(IDisk disk, string folder) => ZoneCopies.WayBack(disk, folder);

    public static bool HasCopies(IDisk disk, string folder) => ZoneCopies.Any(disk, folder);

    /// <summary>
    /// Opens or creates the zone of a data folder and, at the first start, creates the account <c>admin</c> and writes its token. An
    /// exception describes the problem with the database.
    /// </summary>
    /// <param name="folder">The data folder; it exists, and this process owns it.</param>
    /// <param name="beforeFirst">Called before the first account is created; it can prevent that by an exception.</param>
    public static async ValueTask<ZoneServices> OpenAsync(
        IDisk disk, string folder, ZoneOptions options, TimeProvider time, ILoggerFactory loggers, Action beforeFirst, CancellationToken ct)
    {
        RequireUrl(options);
        var copyOptions = new ZoneCopyOptions
        {
            EveryMinutes = options.CopyEveryMinutes,
            MaxCopies = options.MaxCopies,
            MaxUpgradeCopies = options.MaxUpgradeCopies,
        };
        var copies = new ZoneCopies(disk, folder, copyOptions, time);
        SqliteOptions sqlite = options.Durable ? SqliteOptions.Durable : SqliteOptions.View;
        ZoneDatabase zone = options.Postgres is { } database
            ? await ZoneDatabase.OpenAsync(database, time, loggers.CreateLogger<ZoneDatabase>(), beforeFirst, ct)
            : ZoneDatabase.Open(disk, folder, time, copies, sqlite, beforeFirst);
        try
        {
            zone.Budget.LinesPerDay = options.Accounts.AuditLinesPerDay;
            string? tokenPath = await AdminAccount.EnsureAsync(zone, disk, folder, beforeFirst, ct);
            S3Keys s3Keys = zone.IsEmbedded ? S3Keys.Open(disk, folder) : await S3Keys.OpenSharedAsync(zone, disk, folder, ct);
            await SiteRegions.RequireOwnAsync(zone, options.S3Region, ct);
            var signingKeys = SigningKeys.Open(zone, disk, folder, loggers.CreateLogger<SigningKeys>());
            return new ZoneServices(zone, disk, copies, copyOptions, options, s3Keys, signingKeys, time, loggers)
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
    /// Gives the account <c>admin</c> a new token, whose file is returned, and revokes its older ones. For an operator on the machine who
    /// has lost every other access.
    /// </summary>
    public ValueTask<Result<string>> RecoverAdminAsync(CancellationToken ct) => AdminAccount.RecoverAsync(_zone, _disk, _folder, ct);

    /// <summary>Refuses options whose mails and pages need the address of the portal, without one.</summary>
    /// <exception cref="HutchException"><c>server.publicUrl</c> is not set.</exception>
    public static void RequireUrl(ZoneOptions options)
    {
        if (options.Mail.IsOn && options.PublicUrl is null)
        {
            // The host in a request is not trusted, and mails go to other people.
            throw ErrorCode.BadConfiguration.With(
                "Mail is on and contains links: set 'server.publicUrl' to the URL of the portal.").ToException();
        }

        if (options.Dois.IsOn && options.PublicUrl is null)
        {
            throw ErrorCode.BadConfiguration.With(
                "DOIs are on and lead to pages of this server: set 'server.publicUrl' to the URL of the portal.").ToException();
        }
    }

    /// <summary>The path of the administrator's first token if it was never used, nor a password set; otherwise null.</summary>
    public ValueTask<string?> FindUnusedAdminTokenAsync(CancellationToken ct) => AdminAccount.FindUnusedAsync(_zone, _disk, _folder, ct);

    /// <summary>
    /// From now on, changes of accounts, roles, passwords and the membership in a zone are acknowledged only when a store outside this
    /// machine has a copy of them.
    /// </summary>
    public void KeepIn(IZoneSafe safe) => _zone.Keeper = new ZoneKeeper(_zone, _copies, safe, _zone.Time);

    /// <summary>Ends sessions and one-time links at the first start after a restore. Tokens remain; their owners can revoke them.</summary>
    public async ValueTask BeginIncarnationAsync(CancellationToken ct)
    {
        Result<Done> ended = await _zone.ChangeOwnAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Feed.BeginIncarnation();
                int sessions = change.Sessions.EndAll();
                int links = change.LoginLinks.RevokeAll();
                change.AddAudit(
                    "zone.restore", null, $"restored from a backup: {sessions} sessions and {links} one-time links are void");
                return Done.Value;
            },
            ct);
        _ = ended.Value;
    }

    /// <summary>
    /// Returns the keys that the servers of a site share, with the names and contents of the files that a single server has instead. A
    /// single server has none to return.
    /// </summary>
    public async ValueTask<IReadOnlyList<(string Name, byte[] Content)>> ReadSharedKeysAsync(CancellationToken ct) => _zone.IsEmbedded
        ? []
        : await _zone.ReadAsync<IReadOnlyList<(string, byte[])>>(
            static tables =>
            [
                .. tables.Secrets.Find(S3Keys.FileName) is { } s3 ? [(S3Keys.FileName, S3Keys.FileOf(s3))] : ((string, byte[])[])[],
                .. tables.Secrets.Find(SiteKeyName) is { } site ? [(SiteKeyName, site)] : ((string, byte[])[])[],
            ],
            ct);

    /// <summary>
    /// Puts the zone of a data folder that no process has open into PostgreSQL, with its keys, in place of what is there.
    /// </summary>
    /// <param name="keyFolder">The folder with the key of the site.</param>
    public static async ValueTask FillAsync(
        PostgresDatabase database, IDisk disk, string folder, string keyFolder, TimeProvider time, ILoggerFactory loggers,
        CancellationToken ct)
    {
        string siteKey = Path.Combine(keyFolder, SiteKeyName);
        (string, byte[])[] secrets =
        [
            .. S3Keys.FindIn(disk, folder) is { } s3 ? [(S3Keys.FileName, s3)] : ((string, byte[])[])[],
            .. disk.FileExists(siteKey) ? [(SiteKeyName, disk.ReadAllBytes(siteKey, MaxKeyBytes))] : ((string, byte[])[])[],
        ];
        await using ZoneDatabase zone = await ZoneDatabase.OpenAsync(database, time, loggers.CreateLogger<ZoneDatabase>(), null, ct);
        await zone.FillAsync(Path.Combine(folder, FileName), secrets, ct);
    }

    /// <summary>Writes a checked copy of <c>zone.db</c> into a new file, for a backup.</summary>
    public ValueTask CopyToAsync(IDisk disk, string path, CancellationToken ct) => _zone.CopyToAsync(disk, path, ct);

    /// <summary>Examines the file from outside, without changing it.</summary>
    public static DatabaseInspection Inspect(string path) => DatabaseInspection.AtZone(path);

    /// <summary>Lists links of a stopped server's accounts that may rest on a changed name.</summary>
    public static IReadOnlyList<DoubtfulIdentity> InspectIdentities(string path) =>
        DatabaseInspection.ListDoubtfulIdentities(path, IdentityLinks.MaxListed);

    /// <summary>Returns the problem with the log that was left with the file; null for none.</summary>
    public static string? FindLog(string path) => DatabaseInspection.LogOfZone(path);

    /// <summary>Stores the last uses of tokens and closes the zone. Repeating it does nothing.</summary>
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
            // The zone's database is away, as its maintenance has reported. The last uses of tokens are not worth a failed stop.
        }
        finally
        {
            Logins.Dispose();
            OpenId.Dispose();
            _partners.Dispose();
            DoiRegistrar.Dispose();
            _zone.Keeper?.Dispose();
            await _zone.DisposeAsync();
        }
    }
}
