namespace Hutch.Model;

/// <summary>
/// What a person, group or link may do with one dataset. The rights form a ladder: each includes those below it
/// (<see cref="RightsExtensions.WithImplied"/>), so that a grant names only its highest one.
/// </summary>
[Flags]
public enum Rights
{
    /// <summary>Nothing: the dataset does not exist for the caller.</summary>
    None = 0,

    /// <summary>See that the dataset exists, its metadata and the names in it.</summary>
    View = 1,

    /// <summary>Read the bytes of its files.</summary>
    Read = 2,

    /// <summary>Make datasets that are derived from it.</summary>
    Derive = 4,

    /// <summary>Change its files and metadata, push, snapshot, close.</summary>
    Write = 8,

    /// <summary>Share it, rename it, delete it, give it to another owner.</summary>
    Manage = 16,

    /// <summary>Every right.</summary>
    All = View | Read | Derive | Write | Manage,
}
