using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>
/// Who asks, as found out once at the door: the account with its groups and roles and how far its token reaches, or the holder of a link,
/// or nobody. Immutable. It is true for the moment of the request; work that lasts asks again (<c>Authenticator.RefreshAsync</c>).
/// </summary>
public sealed class Caller
{
    private static readonly TokenScope ReadOnlyScope = new(TokenScopes.Read);

    private Caller(CallerKind kind, string name, TokenScope scope)
    {
        Kind = kind;
        Name = name;
        Scope = scope;
    }

    /// <summary>Nobody: sees what is public.</summary>
    public static Caller Anonymous { get; } = new(CallerKind.Anonymous, "anonymous", ReadOnlyScope);

    /// <summary>What stands behind the request.</summary>
    public CallerKind Kind { get; }

    /// <summary>The login name; <c>link:ID</c> for a link; <c>anonymous</c> for nobody.</summary>
    public string Name { get; }

    /// <summary>What the token may be used for, and on which datasets.</summary>
    public TokenScope Scope { get; }

    /// <summary>The account; null for a link and for nobody.</summary>
    public UserRecord? User { get; private init; }

    /// <summary>The groups the account is in.</summary>
    public IReadOnlyList<MembershipRecord> Groups { get; private init; } = [];

    /// <summary>The roles of the account. They count only when the token carries the scope <c>admin</c>.</summary>
    public RoleSet Roles { get; private init; }

    /// <summary>The public part of the token, link or session that was used; null for none.</summary>
    public string? CredentialId { get; private init; }

    /// <summary>The token that was used; null for none.</summary>
    public TokenRecord? Token { get; private init; }

    /// <summary>The site that passed the request on, at which the token was used; null for a request that came here.</summary>
    public string? PassedOnBy { get; private init; }

    /// <summary>The link that was used; null for none.</summary>
    public LinkRecord? Link { get; private init; }

    /// <summary>The session that was used; null for none.</summary>
    public SessionRecord? Session { get; private init; }

    /// <summary>When the session, token or link ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt => Session?.ExpiresAt ?? Token?.ExpiresAt ?? Link?.ExpiresAt;

    /// <summary>Whether there is an account.</summary>
    public bool IsUser => Kind == CallerKind.User;

    /// <summary>The identity of the account; throws for a link and for nobody: authorize first.</summary>
    public PrincipalId UserId => User?.Id ?? throw new InvalidOperationException($"The caller {Name} has no account.");

    /// <summary>The account and its groups: whose rights count for this caller.</summary>
    public IReadOnlyList<PrincipalId> Principals { get; private init; } = [];

    /// <summary>
    /// Whether the database could not be asked about the caller: this is what was known of it before. It may read what never changes, if
    /// it was allowed to lately, and nothing else.
    /// </summary>
    public bool IsRemembered { get; private init; }

    public AuditActor Actor => new(User?.Id, Name, CredentialId);

    /// <summary>An account that uses a token.</summary>
    public static Caller ForToken(UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, TokenRecord token) =>
        ForUser(user, groups, roles, token.Scope, token);

    /// <summary>An account that used a token at another site, which is the one that the token is for.</summary>
    public static Caller ForTokenAt(
        string siteId, UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, TokenRecord token) =>
        ForUser(user, groups, roles, token.Scope, token, passedOnBy: siteId);

    /// <summary>A person at a browser: everything that the account may do.</summary>
    public static Caller ForSession(UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, SessionRecord session) =>
        ForUser(user, groups, roles, TokenScope.Full, null, session);

    /// <summary>
    /// An account without a token: work that the server does on its behalf, narrowed to what that work needs.
    /// </summary>
    public static Caller ForWork(UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles, TokenScope scope) =>
        ForUser(user, groups, roles, scope, null);

    /// <summary>The same caller, for work that names a token of the account to the zone: it does not end with the token.</summary>
    public Caller Naming(TokenRecord token) => new(Kind, Name, Scope)
    {
        User = User,
        Groups = Groups,
        Roles = Roles,
        Token = token,
        Principals = Principals,
    };

    /// <summary>The holder of a share link.</summary>
    public static Caller ForLink(LinkRecord link) =>
        new(CallerKind.Link, "link:" + link.Id, ReadOnlyScope) { Link = link, CredentialId = link.Id };

    /// <summary>The holder of a share link that was opened in a browser.</summary>
    public static Caller ForLink(LinkRecord link, SessionRecord session) =>
        new(CallerKind.Link, "link:" + link.Id, ReadOnlyScope) { Link = link, CredentialId = session.Id, Session = session };

    /// <summary>The same caller, for when the database does not answer.</summary>
    public Caller AsRemembered() => new(Kind, Name, Scope)
    {
        IsRemembered = true,
        User = User,
        Groups = Groups,
        Roles = Roles,
        CredentialId = CredentialId,
        Token = Token,
        PassedOnBy = PassedOnBy,
        Link = Link,
        Session = Session,
        Principals = Principals,
    };

    /// <summary>Whether the account may change the group.</summary>
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

    /// <summary>Whether the account is in the group.</summary>
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

    /// <summary>The name; never a secret.</summary>
    public override string ToString() => Name;

    private static Caller ForUser(
        UserRecord user, IReadOnlyList<MembershipRecord> groups, RoleSet roles,
        TokenScope scope, TokenRecord? token, SessionRecord? session = null, string? passedOnBy = null) =>
        new(CallerKind.User, user.Name, scope)
        {
            User = user,
            Groups = groups,
            Roles = roles.Union(RoleSet.Of(Role.User)),
            Token = token,
            PassedOnBy = passedOnBy,
            Session = session,
            CredentialId = token?.Id ?? session?.Id,
            Principals = [user.Id, .. groups.Select(g => g.GroupId)],
        };
}

/// <summary>What stands behind a request.</summary>
public enum CallerKind
{
    /// <summary>Nobody said who they are.</summary>
    Anonymous,

    /// <summary>An account, by a token or a session.</summary>
    User,

    /// <summary>The holder of a share link.</summary>
    Link,
}
