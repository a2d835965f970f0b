namespace Hutch.Agent.Survey;

/// <summary>What was found of a candidate folder: a plan, a problem, or neither where it has no metadata file yet.</summary>
/// <param name="Folder">Its path.</param>
/// <param name="Plan">How it would be published; null when it would not.</param>
/// <param name="Problem">What somebody has to see to; null for nothing.</param>
public sealed record FolderFinding(string Folder, FolderPlan? Plan = null, string? Problem = null);
