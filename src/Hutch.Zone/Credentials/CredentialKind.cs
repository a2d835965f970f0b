namespace Hutch.Zone.Credentials;

/// <summary>What a secret opens.</summary>
public enum CredentialKind
{
    /// <summary>An account, as far as the token reaches: <c>hutch_ID_SECRET</c>.</summary>
    Token,

    /// <summary>One dataset: <c>hutchlink_ID_SECRET</c>.</summary>
    Link,

    /// <summary>What the browser's cookie stands for: <c>hutchsession_ID_SECRET</c>.</summary>
    Session,

    /// <summary>A session, once: <c>hutchlogin_ID_SECRET</c>.</summary>
    LoginLink,

    /// <summary>A right on a dataset, or membership in a group: <c>hutchinvite_ID_SECRET</c>.</summary>
    Invite,
}
