namespace Hutch.Zone.Authorization;

/// <summary>What stands behind a request.</summary>
public enum CallerKind
{
    /// <summary>Nobody said who they are.</summary>
    Anonymous,

    /// <summary>An account, by a token or a session.</summary>
    User,

    /// <summary>Whoever has a share link.</summary>
    Link,
}
