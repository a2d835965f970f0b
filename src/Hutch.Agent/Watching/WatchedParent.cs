namespace Hutch.Agent.Watching;

/// <param name="FileSystem">The kind of its file system; null while it is not there.</param>
/// <param name="IsReported">Whether the kernel reports changes; otherwise active folders are looked at every second.</param>
/// <param name="Notices">What an operator should know, each a sentence or two.</param>
public sealed record WatchedParent(string Path, string? FileSystem, bool IsReported, int Folders, IReadOnlyList<string> Notices);
