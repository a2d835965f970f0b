namespace Hutch.Contracts;

/// <summary>Values of <see cref="EntryInfo.Kind"/>.</summary>
public static class EntryKinds
{
    public const string File = "file";

    public const string Link = "link";

    public const string Directory = "directory";

    /// <summary>A group of paths, in a listing with a delimiter as lines: everything below a folder, whose path has its slash.</summary>
    public const string Prefix = "prefix";
}
