using Hutch.Model;
using Hutch.Model.Histories;

namespace Hutch.Site.Replication.Copies;

/// <summary>The runs of a history that are looked at where it is taken over.</summary>
/// <param name="Since">The history that was taken over before, and says the same of all others; null for none.</param>
/// <param name="Runs">The runs.</param>
internal sealed record ChangedRuns(BlobHash? Since, IReadOnlyList<RunFact> Runs);
