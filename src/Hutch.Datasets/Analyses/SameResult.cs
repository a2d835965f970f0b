namespace Hutch.Datasets.Analyses;

/// <summary>A result that exists of the work that a caller wants to start.</summary>
/// <param name="Run">The run that computed it.</param>
/// <param name="Dataset">The dataset that has it.</param>
/// <param name="Name">The name of that dataset, <c>owner/slug</c>.</param>
/// <param name="Snapshot">The number of the version that has it.</param>
public sealed record SameResult(Guid Run, DatasetId Dataset, string Name, long Snapshot)
{
    /// <summary>The run, as the caller may see it.</summary>
    public VisibleRun? Visible { get; init; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}@{Snapshot}, of the run {Run:N}");
}

/// <summary>Policy of a start if the same result exists.</summary>
public enum IfSame
{
    /// <summary>It computes the result again.</summary>
    Start,

    /// <summary>It is refused, with the name of the result.</summary>
    Refuse,

    /// <summary>It computes nothing.</summary>
    Reuse,
}
