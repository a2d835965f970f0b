namespace Hutch.Agent.Survey;

/// <summary>What was found of a candidate folder: a plan, a problem, or neither where it has no metadata file yet.</summary>
/// <param name="Folder">Its path.</param>
/// <param name="Plan">How it would be published; null when it would not.</param>
/// <param name="Problem">What somebody has to see to; null for nothing.</param>
/// <param name="MetadataFile">The name of the metadata file with the problem; null where that is not in a file.</param>
public sealed record FolderFinding(string Folder, FolderPlan? Plan = null, string? Problem = null, string? MetadataFile = null);
