namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>The quota of an owner was changed; null for no limit.</summary>
    /// <param name="Bytes">The most bytes of all files.</param>
    /// <param name="Entries">The most files, links and empty directories.</param>
    public sealed record QuotaSet(string Owner, long? Bytes, long? Entries, string By) : JournalRecord;

    /// <param name="Day">The day in UTC, such as <c>20261120</c>.</param>
    public sealed record UsageNoted(int Day, IReadOnlyList<OwnerHolding> Owners) : JournalRecord;
}

/// <param name="Bytes">The bytes of all files.</param>
/// <param name="Entries">The number of files, links and empty directories.</param>
public sealed record OwnerHolding(string Owner, long Bytes, long Entries);
