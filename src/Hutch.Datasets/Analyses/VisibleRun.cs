using Hutch.Model.Site;

namespace Hutch.Datasets.Analyses;

/// <summary>A run, as far as a caller may know of it.</summary>
/// <param name="Run">The run, with those of its inputs and outputs that may be seen.</param>
/// <param name="IsWhole">Whether all inputs may be seen: its command names them.</param>
/// <param name="IsMember">
/// Whether the caller works on one of its datasets (may write it, not as one of everybody): only then may it know with which token and on
/// which machine it ran.
/// </param>
public sealed record VisibleRun(SiteRun Run, bool IsWhole, bool IsMember);
