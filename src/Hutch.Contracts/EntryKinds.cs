namespace Hutch.Contracts;

/// <summary>Values of <see cref="EntryInfo.Kind"/>.</summary>
public static class EntryKinds
{
    /// <summary>A file.</summary>
    public const string File = "file";

    /// <summary>A symbolic link.</summary>
    public const string Link = "link";

    /// <summary>An empty directory.</summary>
    public const string Directory = "directory";
}
