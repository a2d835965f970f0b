using Hutch.Datasets.Files;
using Hutch.Site.Maintenance;

namespace Hutch.Datasets.Versions;

/// <summary>A verification that can begin.</summary>
/// <param name="Tree">What is verified.</param>
/// <param name="ReadAsync">Does it, reporting as it goes; the last report has everything.</param>
public sealed record Verification(FixedTree Tree, Func<CancellationToken, IAsyncEnumerable<VerifyProgress>> ReadAsync);
