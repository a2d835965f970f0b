namespace Hutch.Contracts;

/// <summary>The kinds of an entry, as <see cref="EntryInfo.Kind"/> writes them.</summary>
public static class EntryKinds
{
    /// <summary>A file.</summary>
    public const string File = "file";

    /// <summary>A symbolic link.</summary>
    public const string Link = "link";

    /// <summary>An empty directory.</summary>
    public const string Directory = "directory";
}
