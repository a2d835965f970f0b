namespace Hutch.Cluster.Bytes;

/// <summary>A row of the log that is in no pack yet.</summary>
/// <param name="FirstSequence">The number of its first record; 0 without any.</param>
/// <param name="LastSequence">The number of its last record; 0 without any.</param>
public sealed record UnpackedRow(
    long Number, Lane Lane, DateTimeOffset Committed, long FirstSequence, long LastSequence,
    ReadOnlyMemory<byte> Journal, ReadOnlyMemory<byte> Directory, ReadOnlyMemory<byte> Bodies)
{
    /// <summary>The number of bytes of its records and bodies.</summary>
    public long Bytes => Journal.Length + (long)Bodies.Length;

    public LogGroup ToGroup()
    {
        var group = new LogGroup();
        if (FirstSequence > 0)
        {
            group.SetJournal(Journal, FirstSequence, LastSequence);
        }

        int offset = 0;
        foreach (RowMember member in LogDirectory.Read(Directory).Members)
        {
            group.Add(member.Lane, member.Key, Bodies.Slice(offset, member.Length), member.Crc32C);
            offset += member.Length;
        }

        return group;
    }
}
