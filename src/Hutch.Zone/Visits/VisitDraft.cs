namespace Hutch.Zone.Visits;

/// <summary>A visit as its operator describes it.</summary>
public sealed record VisitDraft
{
    public required string Name { get; init; }

    public string? Title { get; init; }

    public required string Proposal { get; init; }

    public string? Instrument { get; init; }

    public required DateTimeOffset Begin { get; init; }

    public required DateTimeOffset End { get; init; }

    public DateTimeOffset? EmbargoEnd { get; init; }

    public int? KeepDays { get; init; }

    public IReadOnlyList<VisitPerson> People { get; init; } = [];

    public IReadOnlyList<VisitSample> Samples { get; init; } = [];

    /// <summary>Accounts of instruments, which may create datasets of the visit until its end.</summary>
    public IReadOnlyList<string> Creators { get; init; } = [];
}

public sealed record VisitPerson(string User, VisitRole Role);

/// <summary>A visit as its members and operators see it.</summary>
/// <param name="Notes">The parts of a document that were left out, one sentence each.</param>
public sealed record VisitDetails(VisitRecord Visit, IReadOnlyList<VisitPerson> People, IReadOnlyList<string> Notes)
{
    /// <summary>The copies of its datasets; null in lists, and where no other site could have any.</summary>
    public CopiedDatasets? Copies { get; init; }
}
