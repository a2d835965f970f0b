namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>The quota of an owner was changed; null for no limit.</summary>
    /// <param name="Owner">The user or group.</param>
    /// <param name="Bytes">The most bytes of all files.</param>
    /// <param name="Entries">The most files, links and empty directories.</param>
    /// <param name="By">The user who changed it.</param>
    public sealed record QuotaSet(string Owner, long? Bytes, long? Entries, string By) : JournalRecord;

    /// <summary>The usage of the owners on a day, for its history.</summary>
    /// <param name="Day">The day in UTC, such as <c>20261120</c>.</param>
    public sealed record UsageNoted(int Day, IReadOnlyList<OwnerHolding> Owners) : JournalRecord;
}

/// <summary>An owner's storage use at one time.</summary>
/// <param name="Owner">The user or group.</param>
/// <param name="Bytes">The bytes of all files.</param>
/// <param name="Entries">The number of files, links and empty directories.</param>
public sealed record OwnerHolding(string Owner, long Bytes, long Entries);
