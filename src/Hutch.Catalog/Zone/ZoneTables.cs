namespace Hutch.Catalog.Zone;

public class ZoneTables
{
    internal ZoneTables(DbConnection connection, TimeProvider time)
    {
        Principals = new PrincipalTable(connection, time);
        Memberships = new MembershipTable(connection, time);
        Roles = new RoleTable(connection, time);
        Tokens = new TokenTable(connection, time);
        Names = new NameTable(connection, time);
        GivenNames = new ProvisionalNameTable(connection, time);
        Homes = new HomeTable(connection, time);
        Grants = new GrantTable(connection, time);
        Links = new LinkTable(connection, time);
        Audit = new AuditTable(connection, time);
        Passwords = new PasswordTable(connection, time);
        Sessions = new SessionTable(connection, time);
        LoginLinks = new LoginLinkTable(connection, time);
        Invites = new InviteTable(connection, time);
        Mails = new MailTable(connection, time);
        MutedNotices = new MutedNoticeTable(connection, time);
        Identities = new IdentityTable(connection, time);
        Offers = new OfferTable(connection, time);
        AccessRequests = new AccessRequestTable(connection, time);
        Downloads = new DownloadTable(connection, time);
        Creators = new CreatorTable(connection, time);
        PendingLogins = new PendingLoginTable(connection, time);
        Attempts = new AttemptTable(connection, time);
        Secrets = new SecretTable(connection, time);
        Sites = new SiteTable(connection, time);
        SiteInvites = new SiteInviteTable(connection, time);
        SiteConsents = new SiteConsentTable(connection, time);
        Copies = new CopyTable(connection, time);
        Rules = new RuleTable(connection, time);
        Publications = new PublicationTable(connection, time);
        Dois = new DoiTable(connection, time);
        Purges = new PurgeTable(connection, time);
        Summaries = new SummaryTable(connection, time);
        Visits = new VisitTable(connection, time);
        JoinedZone = new JoinedZoneTable(connection, time);
        Feed = new FeedTable(connection, time);
        View = new ViewTable(connection, time);
        Restore = new RestoreTable(connection, time);
    }

    public PrincipalTable Principals { get; }

    public MembershipTable Memberships { get; }

    public RoleTable Roles { get; }

    public TokenTable Tokens { get; }

    public NameTable Names { get; }

    /// <summary>Names that this site gave while its zone was unreachable.</summary>
    public ProvisionalNameTable GivenNames { get; }

    public HomeTable Homes { get; }

    public GrantTable Grants { get; }

    public LinkTable Links { get; }

    public AuditTable Audit { get; }

    public PasswordTable Passwords { get; }

    public SessionTable Sessions { get; }

    public LoginLinkTable LoginLinks { get; }

    public InviteTable Invites { get; }

    public MailTable Mails { get; }

    public MutedNoticeTable MutedNotices { get; }

    /// <summary>Identities of people at OpenID providers.</summary>
    public IdentityTable Identities { get; }

    public OfferTable Offers { get; }

    public AccessRequestTable AccessRequests { get; }

    public DownloadTable Downloads { get; }

    public CreatorTable Creators { get; }

    /// <summary>Unfinished logins with OpenID providers.</summary>
    public PendingLoginTable PendingLogins { get; }

    /// <summary>Failed logins, shared between servers.</summary>
    public AttemptTable Attempts { get; }

    public SecretTable Secrets { get; }

    public SiteTable Sites { get; }

    public SiteInviteTable SiteInvites { get; }

    /// <summary>Consents of people to logins at sites.</summary>
    public SiteConsentTable SiteConsents { get; }

    public CopyTable Copies { get; }

    public RuleTable Rules { get; }

    public PublicationTable Publications { get; }

    public DoiTable Dois { get; }
    public PurgeTable Purges { get; }

    public SummaryTable Summaries { get; }

    public VisitTable Visits { get; }

    public JoinedZoneTable JoinedZone { get; }

    public FeedTable Feed { get; }

    /// <summary>The knowledge of sites from before a restore of the zone.</summary>
    public RestoreTable Restore { get; }

    public ViewTable View { get; }
}
