namespace Hutch.Model;

/// <summary>
/// Rights of a user, group or link for one dataset. They form a ladder: each right includes those below it
/// (<see cref="RightsExtensions.WithImplied"/>), so a grant names only the highest.
/// </summary>
[Flags]
public enum Rights
{
    /// <summary>None: the dataset does not exist for the caller.</summary>
    None = 0,

    /// <summary>See that the dataset exists, its metadata, and the names of its entries.</summary>
    View = 1,

    Read = 2,

    /// <summary>Create derived datasets.</summary>
    Derive = 4,

    /// <summary>Change its files and metadata, push, snapshot, close.</summary>
    Write = 8,

    /// <summary>Share it, rename it, delete it, give it to another owner.</summary>
    Manage = 16,

    All = View | Read | Derive | Write | Manage,
}
