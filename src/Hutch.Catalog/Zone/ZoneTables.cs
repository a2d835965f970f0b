using System.Data.Common;

namespace Hutch.Catalog.Zone;

/// <summary>The tables of the zone on one connection, for the duration of one read or change.</summary>
public class ZoneTables
{
    internal ZoneTables(DbConnection connection, TimeProvider time)
    {
        Principals = new PrincipalTable(connection, time);
        Memberships = new MembershipTable(connection, time);
        Roles = new RoleTable(connection, time);
        Tokens = new TokenTable(connection, time);
        Names = new NameTable(connection, time);
        GivenNames = new GivenNameTable(connection, time);
        Homes = new HomeTable(connection, time);
        Grants = new GrantTable(connection, time);
        Links = new LinkTable(connection, time);
        Audit = new AuditTable(connection, time);
        Passwords = new PasswordTable(connection, time);
        Sessions = new SessionTable(connection, time);
        LoginLinks = new LoginLinkTable(connection, time);
        Invites = new InviteTable(connection, time);
        Mails = new MailTable(connection, time);
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
        Copies = new CopyTable(connection, time);
        Rules = new RuleTable(connection, time);
        Publications = new PublicationTable(connection, time);
        Dois = new DoiTable(connection, time);
        Purges = new PurgeTable(connection, time);
        Summaries = new SummaryTable(connection, time);
        JoinedZone = new JoinedZoneTable(connection, time);
        Feed = new FeedTable(connection, time);
        View = new ViewTable(connection, time);
        Restore = new RestoreTable(connection, time);
    }

    /// <summary>Users and groups.</summary>
    public PrincipalTable Principals { get; }

    /// <summary>Who is in which group.</summary>
    public MembershipTable Memberships { get; }

    /// <summary>Roles of users.</summary>
    public RoleTable Roles { get; }

    public TokenTable Tokens { get; }

    /// <summary>Names, owners and visibility of datasets.</summary>
    public NameTable Names { get; }

    /// <summary>Names that this site has given while its zone could not be reached.</summary>
    public GivenNameTable GivenNames { get; }

    /// <summary>Where datasets are at home.</summary>
    public HomeTable Homes { get; }

    /// <summary>Rights of users and groups on datasets.</summary>
    public GrantTable Grants { get; }

    /// <summary>Share links.</summary>
    public LinkTable Links { get; }

    /// <summary>What was done, by whom.</summary>
    public AuditTable Audit { get; }

    /// <summary>Passwords, slowly hashed.</summary>
    public PasswordTable Passwords { get; }

    /// <summary>Sessions of browsers.</summary>
    public SessionTable Sessions { get; }

    /// <summary>One-time links for logging in.</summary>
    public LoginLinkTable LoginLinks { get; }

    /// <summary>Invites to datasets and groups.</summary>
    public InviteTable Invites { get; }

    /// <summary>What is said to people by mail.</summary>
    public MailTable Mails { get; }

    /// <summary>Who OpenID providers say people are.</summary>
    public IdentityTable Identities { get; }

    /// <summary>Datasets that are offered to others.</summary>
    public OfferTable Offers { get; }

    /// <summary>Who asks to read which dataset.</summary>
    public AccessRequestTable AccessRequests { get; }

    /// <summary>How often datasets were downloaded.</summary>
    public DownloadTable Downloads { get; }

    /// <summary>Who may create datasets for others.</summary>
    public CreatorTable Creators { get; }

    /// <summary>Logins with OpenID providers that have not come back.</summary>
    public PendingLoginTable PendingLogins { get; }

    /// <summary>Failed attempts to log in, as servers tell each other.</summary>
    public AttemptTable Attempts { get; }

    /// <summary>Secrets that servers share.</summary>
    public SecretTable Secrets { get; }

    /// <summary>Sites that have joined the zone.</summary>
    public SiteTable Sites { get; }

    /// <summary>Invites with which sites join.</summary>
    public SiteInviteTable SiteInvites { get; }

    /// <summary>Which sites are to have copies of which datasets.</summary>
    public CopyTable Copies { get; }

    /// <summary>Rules that say where datasets are to be.</summary>
    public RuleTable Rules { get; }

    /// <summary>How datasets are cited.</summary>
    public PublicationTable Publications { get; }

    /// <summary>DOIs of publications, and what is to be told to the service of them.</summary>
    public DoiTable Dois { get; }
    /// <summary>What ends at every site at once.</summary>
    public PurgeTable Purges { get; }

    /// <summary>What homes say of their datasets.</summary>
    public SummaryTable Summaries { get; }

    /// <summary>The zone that this server has joined.</summary>
    public JoinedZoneTable JoinedZone { get; }

    /// <summary>What has changed in the zone.</summary>
    public FeedTable Feed { get; }

    /// <summary>What sites know of the zone before it was restored.</summary>
    public RestoreTable Restore { get; }

    /// <summary>What a site sees of its zone.</summary>
    public ViewTable View { get; }
}
