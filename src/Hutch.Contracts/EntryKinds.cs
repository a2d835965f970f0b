namespace Hutch.Contracts;

/// <summary>Values of <see cref="EntryInfo.Kind"/>.</summary>
public static class EntryKinds
{
    public const string File = "file";

    public const string Link = "link";

    public const string Directory = "directory";
}
