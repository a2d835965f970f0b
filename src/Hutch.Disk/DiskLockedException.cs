namespace Hutch.Disk;

/// <summary>Another process, or another part of this one, holds a lock.</summary>
public sealed class DiskLockedException(string path, string owner = "another process")
    : IOException($"'{path}' is locked by {owner}. Stop it first, or use another folder.")
{
    /// <summary>The lock file.</summary>
    public string Path { get; } = path;

    /// <summary>Who holds it, as far as is known.</summary>
    public string Owner { get; } = owner;
}
