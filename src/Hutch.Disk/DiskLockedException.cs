namespace Hutch.Disk;

/// <summary>Another process, or another part of this one, holds a lock.</summary>
public sealed class DiskLockedException(string path, string owner = "another process")
    : IOException($"'{path}' is locked by {owner}. Stop it first, or use another folder.")
{
    public string Path { get; } = path;

    /// <summary>The holder, as far as known.</summary>
    public string Owner { get; } = owner;
}
