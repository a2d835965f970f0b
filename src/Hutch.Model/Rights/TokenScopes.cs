namespace Hutch.Model;

/// <summary>
/// Scopes of a token. A token never adds a right; it only permits the use of its holder's rights. Scopes do not include each other: a token
/// with only <c>write</c> is a drop box.
/// </summary>
[Flags]
public enum TokenScopes
{
    /// <summary>Identify the caller only.</summary>
    None = 0,

    /// <summary>Use the rights view and read.</summary>
    Read = 1,

    /// <summary>Use the rights derive and write, and create datasets.</summary>
    Write = 2,

    /// <summary>Use the right manage: share, delete, purge.</summary>
    Manage = 4,

    /// <summary>Use one's roles, and manage one's own tokens.</summary>
    Admin = 8,

    All = Read | Write | Manage | Admin,

    /// <summary>Analyse frames as a worker of one namespace. It cannot be combined with a person's scopes.</summary>
    Work = 16,

    /// <summary>Create, describe and disable the accounts of an identity provider. It cannot be combined with a person's scopes.</summary>
    Scim = 32,
}
