namespace Hutch.Model.Zone;

/// <summary>How a session began.</summary>
public enum LoginWay
{
    /// <summary>With name and password.</summary>
    Password,

    /// <summary>With a one-time link.</summary>
    LoginLink,

    /// <summary>With a share link: no account, one dataset.</summary>
    Share,

    /// <summary>Through an OpenID provider.</summary>
    OpenId,

    /// <summary>With an invite that made the account.</summary>
    Invite,
}
