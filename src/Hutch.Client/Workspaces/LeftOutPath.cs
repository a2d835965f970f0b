namespace Hutch.Client.Workspaces;

/// <summary>A path of the dataset that the disk of the working directory cannot hold: a line of <c>.hutch/left-out</c>.</summary>
/// <param name="Reason">The end of the sentence "It was left out, as …".</param>
internal sealed record LeftOutPath(string Path, string Reason);
