namespace Hutch.Model.Zone;

/// <summary>A visit: a group with dates, whose members write until its end and read for ever.</summary>
/// <param name="Id">The id of the group.</param>
/// <param name="Proposal">The proposal, which also is the key of its samples.</param>
/// <param name="End">The end of all writing to its datasets.</param>
/// <param name="EmbargoEnd">The time from which everyone may read its new datasets; null for never.</param>
/// <param name="KeepDays">The days after which its new datasets expire; null for never.</param>
public sealed record VisitRecord(
    PrincipalId Id, string Name, string? Title, string Proposal, string? Instrument, DateTimeOffset Begin, DateTimeOffset End,
    DateTimeOffset? EmbargoEnd, int? KeepDays)
{
    public IReadOnlyList<VisitSample> Samples { get; init; } = [];

    /// <summary>The accounts of local contacts, who are members like experimenters.</summary>
    public IReadOnlyList<PrincipalId> LocalContacts { get; init; } = [];

    /// <summary>Returns true if its datasets take no more changes.</summary>
    public bool HasEnded(DateTimeOffset now) => now >= End;

    /// <summary>Returns the name of its state: <c>upcoming</c>, <c>running</c> or <c>ended</c>.</summary>
    public string StateAt(DateTimeOffset now) => HasEnded(now) ? "ended" : now < Begin ? "upcoming" : "running";
}

/// <param name="Name">The name, unique in its proposal only.</param>
public sealed record VisitSample(string Name, string? Description);
