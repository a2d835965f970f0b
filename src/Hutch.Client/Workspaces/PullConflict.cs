namespace Hutch.Client.Workspaces;

/// <summary>A file that changed on both sides. The local one was kept; the other is beside it.</summary>
/// <param name="Path">Path in the dataset.</param>
/// <param name="Theirs">Where the server's version was written; null when the server had removed it.</param>
public sealed record PullConflict(string Path, string? Theirs);
