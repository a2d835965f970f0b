namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>How much an owner may keep was changed; null for any number.</summary>
    /// <param name="Owner">User or group.</param>
    /// <param name="Bytes">Bytes of all files.</param>
    /// <param name="Entries">Files, links and empty directories.</param>
    /// <param name="By">The user who changed it.</param>
    public sealed record QuotaSet(string Owner, long? Bytes, long? Entries, string By) : JournalRecord;

    /// <summary>What the owners held on a day, for its history.</summary>
    /// <param name="Day">The day, UTC, as <c>20261120</c>.</param>
    /// <param name="Owners">What each held.</param>
    public sealed record UsageNoted(int Day, IReadOnlyList<OwnerHolding> Owners) : JournalRecord;
}

/// <summary>An owner's storage use at one time.</summary>
/// <param name="Owner">User or group.</param>
/// <param name="Bytes">Bytes of all files.</param>
/// <param name="Entries">Files, links and empty directories.</param>
public sealed record OwnerHolding(string Owner, long Bytes, long Entries);
