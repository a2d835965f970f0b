namespace Hutch.Client.Workspaces;

/// <summary>First line of the client's own files.</summary>
/// <param name="Format">What the file is: <c>hutch-base</c> or <c>hutch-index</c>.</param>
/// <param name="Version">Version of its format.</param>
/// <param name="Snapshot">For a base: number of the snapshot; absent when the dataset had none.</param>
internal sealed record FileHeader(string Format, int Version, long? Snapshot = null);
