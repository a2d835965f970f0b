using Hutch.Model.NarrowedTokens;
using Hutch.Model.Records;

namespace Hutch.Zone.Authorization;

/// <summary>
/// The caller of a request, as the door identified it: an account with its groups, roles and token scope, the holder of a link, or the
/// public. Immutable. It is valid at the moment of the request; long operations refresh it (<c>Authenticator.RefreshAsync</c>).
/// </summary>
public sealed class Caller
{
    private static readonly TokenScope ReadOnlyScope = new(TokenScopes.Read);

    private DatasetId? _output;
    private bool _isTrusted;

    private Caller(CallerKind kind, string name, TokenScope scope)
    {
        Kind = kind;
        Name = name;
        Scope = scope;
    }

    /// <summary>The anonymous caller, which sees public datasets.</summary>
    public static Caller Anonymous { get; } = new(CallerKind.Anonymous, "anonymous", ReadOnlyScope);

    public CallerKind Kind { get; }

    /// <summary>
    /// The login name; <c>link:ID</c> for a link; <c>partner:SUBJECT@ISSUER</c> for a partner; <c>anonymous</c> for the public.
    /// </summary>
    public string Name { get; }

    public TokenScope Scope { get; }

    /// <summary>The account; null for a link and for the public.</summary>
    public UserRecord? User { get; private init; }

    public IReadOnlyList<MembershipRecord> Groups { get; private init; } = [];

    /// <summary>The roles of the account. They count only when the token carries the scope <c>admin</c>.</summary>
    public RoleSet Roles { get; private init; }

    /// <summary>The public part of the token, link or session of the request; null for none.</summary>
    public string? CredentialId { get; private init; }

    public TokenRecord? Token { get; private init; }

    /// <summary>The attempt of a run that acts for the account; null for all other callers.</summary>
    public AttemptKey? Attempt { get; private init; }

    /// <summary>The site that forwarded the request and received the token; null for a direct request.</summary>
    public string? PassedOnBy { get; private init; }

    /// <summary>
    /// The roles that count only for datasets at home at the site that forwarded the request. A site shows only the public part of a token,
    /// which it could name at any time: it acquires no roles elsewhere.
    /// </summary>
    public RoleSet RolesThere { get; private init; }

    /// <summary>
    /// True for a login at another site that reaches what that site has, in a request from there: it uses datasets, and nothing else of
    /// the account.
    /// </summary>
    public bool IsConfined => Scope.IsHeldOnly && PassedOnBy is not null && !_isTrusted;

    public LinkRecord? Link { get; private init; }

    public SessionRecord? Session { get; private init; }

    /// <summary>The holder of a token of a partner; null for all other callers.</summary>
    public PartnerCaller? Partner { get; private init; }

    /// <summary>The key by which the caller came, if its token is one that holders narrow; otherwise null.</summary>
    public ProvenKey? Key { get; private init; }

    /// <summary>The end of the session, token, key or link; null for never.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get
        {
            DateTimeOffset? end = Session?.ExpiresAt ?? Token?.ExpiresAt ?? Link?.ExpiresAt ?? Partner?.ExpiresAt;
            return Key?.Reach.Until is { } until && !(end <= until) ? until : end;
        }
    }

    public bool IsUser => Kind == CallerKind.User;

    /// <summary>The identity of the account. It throws for a link and for the public: authorize first.</summary>
    public PrincipalId UserId => User?.Id ?? throw new InvalidOperationException($"The caller {Name} has no account.");

    /// <summary>The account and its groups, whose rights count for this caller.</summary>
    public IReadOnlyList<PrincipalId> Principals { get; private init; } = [];

    /// <summary>
    /// True if the database did not answer and these are earlier facts about the caller. Such a caller may only read immutable data to
    /// which it recently had access.
    /// </summary>
    public bool IsRemembered { get; private init; }

    /// <summary>The public part of the credential and, of a narrowed key, the number of its blocks and the hash of its chain.</summary>
    public string? CredentialMark => Key is { IsNarrowed: true } key ? $"{key.Id}/{key.Mark}" : CredentialId;

    public AuditActor Actor => new(User?.Id, Name, CredentialMark);

    public static Caller ForToken(UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, TokenRecord token) =>
        ForUser(user, groups, roles, token.Scope, token);

    /// <summary>Returns the caller for an account that used a token at another site. The token is valid for that site.</summary>
    /// <param name="isTrusted">True if the site decides about roles itself, as the zone does; else they count for its datasets.</param>
    public static Caller ForTokenAt(
        string siteId, UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, TokenRecord token, bool isTrusted) =>
        ForUser(
            user, groups, isTrusted ? roles : RoleSet.None, token.Scope, token, passedOnBy: siteId,
            rolesThere: isTrusted ? RoleSet.None : roles, isTrusted: isTrusted);

    /// <summary>
    /// Returns the caller for a person at a browser, with all rights of the account; at a site, as far as the token of the login reaches.
    /// </summary>
    /// <param name="token">At a site: the token that the zone made for the login; otherwise null.</param>
    public static Caller ForSession(
        UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, SessionRecord session, TokenRecord? token) =>
        ForUser(user, groups, roles, token?.Scope ?? TokenScope.Full, token, session);

    /// <summary>
    /// Returns the caller for an account without a token, for which the server acts. The scope narrows it to the purpose.
    /// </summary>
    public static Caller ForWork(UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, TokenScope scope) =>
        ForUser(user, groups, roles, scope, null);

    /// <summary>Returns this caller with a token of the account for requests to the zone. The caller does not end with the token.</summary>
    public Caller Naming(TokenRecord token) => new(Kind, Name, Scope)
    {
        User = User,
        Groups = Groups,
        Roles = Roles,
        Token = token,
        Principals = Principals,
    };

    /// <summary>
    /// Returns this caller in an attempt of a run. It reads inputs and output; only pushes to the output, which end the attempt in the same
    /// commit, take <see cref="AsWriter"/>.
    /// </summary>
    public Caller InAttempt(AttemptKey attempt, DatasetId output) =>
        InAttempt(attempt, output, new TokenScope(TokenScopes.Read, Scope.Datasets));

    /// <summary>Returns this caller with the scope to push, if the dataset is the output of its attempt; otherwise unchanged.</summary>
    public Caller AsWriter(DatasetId dataset) => Attempt is { } attempt && _output == dataset
        ? InAttempt(attempt, dataset, TokenScope.ForAttempt(Scope.Datasets!, dataset))
        : this;

    private Caller InAttempt(AttemptKey attempt, DatasetId output, TokenScope scope) => new(Kind, Name, scope)
    {
        User = User,
        Groups = Groups,
        Attempt = attempt,
        _output = output,
        Principals = Principals,
    };

    public static Caller ForLink(LinkRecord link) =>
        new(CallerKind.Link, "link:" + link.Id, ReadOnlyScope) { Link = link, CredentialId = link.Id };

    /// <summary>Returns the caller for the holder of a share link that was opened in a browser.</summary>
    public static Caller ForLink(LinkRecord link, SessionRecord session) =>
        new(CallerKind.Link, "link:" + link.Id, ReadOnlyScope) { Link = link, CredentialId = session.Id, Session = session };

    /// <summary>Returns the caller for a token of a partner, which reads what rules give and nothing else.</summary>
    public static Caller ForPartner(PartnerCaller partner) =>
        new(CallerKind.Partner, partner.Name, ScopeOf(partner)) { Partner = partner };

    /// <summary>Returns the scope of a partner: a caller reaches one folder of one dataset, or whole datasets.</summary>
    private static TokenScope ScopeOf(PartnerCaller partner) => partner.Areas is [{ Dataset: { } dataset, Folder: { } folder }]
        ? ReadOnlyScope.Narrow(new TokenRestrictions { Folder = new FolderOfDataset(dataset, folder) })
        : ReadOnlyScope;

    /// <summary>Returns this caller for use while the database does not answer.</summary>
    public Caller AsRemembered() => new(Kind, Name, Scope)
    {
        IsRemembered = true,
        User = User,
        Groups = Groups,
        Roles = Roles,
        CredentialId = CredentialId,
        Token = Token,
        PassedOnBy = PassedOnBy,
        RolesThere = RolesThere,
        _isTrusted = _isTrusted,
        Link = Link,
        Session = Session,
        Key = Key,
        Principals = Principals,
    };

    /// <summary>
    /// Returns this caller of a token with what a key of the token permits. It has no roles, as no key carries the scope <c>admin</c>.
    /// </summary>
    internal Caller With(ProvenKey key) =>
        Kind != CallerKind.User || Session is not null || PassedOnBy is not null
            ? throw new InvalidOperationException("A key belongs to the token of an account.")
            : new Caller(Kind, Name, key.IsNarrowed ? Scope.Narrow(key.Reach) : Scope)
            {
                User = User,
                Groups = Groups,
                Roles = RoleSet.None.Union(RoleSet.From(Role.User)),
                CredentialId = CredentialId,
                Token = Token,
                Key = key,
                Principals = Principals,
            };

    /// <summary>Returns the names of the account and of the groups that it manages.</summary>
    public IReadOnlyList<string> ManagedOwners() =>
        [Name, .. Groups.Where(static group => group.Manager).Select(static group => group.GroupName)];

    public bool Manages(PrincipalId group)
    {
        foreach (MembershipRecord membership in Groups)
        {
            if (membership.GroupId == group)
            {
                return membership.Manager;
            }
        }

        return false;
    }

    public bool IsMemberOf(PrincipalId group)
    {
        foreach (MembershipRecord membership in Groups)
        {
            if (membership.GroupId == group)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns true if a group of the caller is a visit that has ended.</summary>
    public bool HasEnded(PrincipalId group, DateTimeOffset now)
    {
        foreach (MembershipRecord membership in Groups)
        {
            if (membership.GroupId == group)
            {
                return membership.WritesUntil <= now;
            }
        }

        return false;
    }

    /// <summary>Returns the name; never a secret.</summary>
    public override string ToString() => Name;

    /// <summary>
    /// Returns the caller for a token of an instrument's screen: nothing of the account that made it, but reading the datasets of visits
    /// while they run.
    /// </summary>
    /// <param name="visits">The visits of the instrument that have not ended.</param>
    public static Caller ForScreen(TokenRecord token, IReadOnlyList<MembershipRecord> visits, SessionRecord? session)
    {
        return new Caller(CallerKind.Screen, "screen:" + token.Id, token.Scope)
        {
            Groups = visits,
            Token = token,
            Session = session,
            CredentialId = session?.Id ?? token.Id,
            Principals = [.. visits.Select(static visit => visit.GroupId)],
        };
    }

    /// <summary>Returns this caller at a time: a screen has only the visits that run then.</summary>
    internal Caller At(DateTimeOffset now) => Kind == CallerKind.Screen && Groups.Any(visit => !IsRunning(visit, now))
        ? ForScreen(Token!, [.. Groups.Where(visit => IsRunning(visit, now))], Session)
        : this;

    private static bool IsRunning(MembershipRecord visit, DateTimeOffset now) => visit.Begins <= now && now < visit.WritesUntil;

    private static Caller ForUser(
        UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles,
        TokenScope scope, TokenRecord? token, SessionRecord? session = null, string? passedOnBy = null,
        RoleSet rolesThere = default, bool isTrusted = false) =>
        // Other sites know no visits of an instrument: a token of a screen opens nothing there.
        scope.Instrument is not null && token is not null ? ForScreen(token, [], session)
        : new(CallerKind.User, user.Name, scope)
        {
            User = user,
            Groups = groups,
            Roles = roles.Union(RoleSet.From(Role.User)),
            Token = token,
            PassedOnBy = passedOnBy,
            RolesThere = rolesThere,
            _isTrusted = isTrusted,
            Session = session,
            CredentialId = session?.Id ?? token?.Id,
            Principals = [user.Id, .. groups.Select(g => g.GroupId)],
        };
}

public enum CallerKind
{
    /// <summary>A request without credentials.</summary>
    Anonymous,

    /// <summary>An account, by a token or a session.</summary>
    User,

    Link,

    /// <summary>A screen at an instrument, by a token that shows the datasets of the running visit.</summary>
    Screen,

    /// <summary>The holder of a token that a partner has signed, without an account here.</summary>
    Partner,
}
