namespace Hutch.Disk;

/// <summary>The file system has no space left, or the user's share of it is used up.</summary>
public sealed class DiskFullException(string path, Exception? inner = null)
    : IOException($"No space left on the disk of '{path}'.", inner)
{
    public string Path { get; } = path;
}
