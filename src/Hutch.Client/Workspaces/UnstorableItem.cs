namespace Hutch.Client.Workspaces;

/// <summary>A path of the working directory that a dataset cannot store. A push leaves it out, with everything below it.</summary>
/// <param name="Path">Path on the disk; bytes that are not UTF-8 as <c>\xNN</c>.</param>
/// <param name="Reason">A sentence that says why, and what to do.</param>
public sealed record UnstorableItem(string Path, string Reason);
