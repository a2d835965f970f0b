namespace Hutch.Client.Workspaces;

/// <summary>Two files or folders of a dataset whose paths differ only in case.</summary>
/// <param name="First">The path that comes first in byte order.</param>
internal sealed record CaseClash(string First, string Second);
