namespace Hutch.Cluster.Journal;

/// <summary>A row of the log as read back, without the bodies.</summary>
internal readonly record struct StoredRow(
    long Number,
    Guid Id,
    Guid PreviousId,
    Lane Lane,
    long FirstSequence,
    long LastSequence,
    byte[] Journal,
    byte[] Directory,
    string? PackedIn)
{
    /// <summary>Selects the rows after a number, in order.</summary>
    public const string After =
        "SELECT number, id, previous_id, lane, first_sequence, last_sequence, journal, directory, packed_in "
        + "FROM site_log WHERE number > $1 ORDER BY number";

    /// <summary>The same without the records.</summary>
    public const string MembersAfter =
        "SELECT number, id, previous_id, lane, first_sequence, last_sequence, ''::bytea, directory, packed_in "
        + "FROM site_log WHERE number > $1 ORDER BY number";

    public LogPosition Position => new(Number, Id);

    public LogRow ForMembers => new(Number, Id, Lane, Directory, PackedIn);

    /// <summary>The records; only a row with a sequence has any.</summary>
    /// <exception cref="LogUnusableException">They are no longer in the log.</exception>
    public JournalGroup Group => Journal.Length > 0
        ? new(FirstSequence, LastSequence, Journal)
        : throw new LogUnusableException(
            $"Record {LastSequence} is no longer in the log: it lies before a checkpoint. Restart this server, which then begins "
            + "with that. If it does not start, no checkpoint can be read: look whether the bucket answers and is whole");

    public static StoredRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetGuid(1),
        reader.GetGuid(2),
        LaneOf(reader.GetInt64(0), reader.GetString(3)),
        reader.GetInt64(4),
        reader.GetInt64(5),
        reader.GetFieldValue<byte[]>(6),
        reader.GetFieldValue<byte[]>(7),
        reader.IsDBNull(8) ? null : reader.GetString(8));

    public static Lane LaneOf(long number, string name) => Lane.TryParse(name, out Lane lane)
        ? lane
        : throw new StorageFormatException($"Row {number} of the log is in the lane '{name}', which this version does not know.");
}
