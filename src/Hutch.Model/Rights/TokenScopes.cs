namespace Hutch.Model;

/// <summary>
/// What a token may be used for. A token never gives a right; it only lets its holder use the ones they have. Scopes do not
/// include each other: a token that may only write is a drop box.
/// </summary>
[Flags]
public enum TokenScopes
{
    /// <summary>Only to identify the caller.</summary>
    None = 0,

    /// <summary>Use the rights view and read.</summary>
    Read = 1,

    /// <summary>Use the rights derive and write, and create datasets.</summary>
    Write = 2,

    /// <summary>Use the right manage: share, delete, purge.</summary>
    Manage = 4,

    /// <summary>Use one's roles, and manage one's own tokens.</summary>
    Admin = 8,

    /// <summary>Every scope of a person.</summary>
    All = Read | Write | Manage | Admin,

    /// <summary>Analyse frames, as a worker of one namespace. No person has it: a token with it has nothing else.</summary>
    Work = 16,
}
