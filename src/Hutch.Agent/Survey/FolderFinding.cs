namespace Hutch.Agent.Survey;

/// <summary>The finding for a candidate folder: a plan, a problem, or neither if it has no metadata file yet.</summary>
/// <param name="Plan">The plan for its publication; null if it would not be published.</param>
/// <param name="MetadataFile">The name of the metadata file with the problem; null if the problem is not in a file.</param>
public sealed record FolderFinding(string Folder, FolderPlan? Plan = null, string? Problem = null, string? MetadataFile = null);
