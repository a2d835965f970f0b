using Hutch.Model.Records;

namespace Hutch.Cluster.Journal;

/// <summary>Finds the record of a checkpoint among others without parsing them all.</summary>
internal static class CheckpointMark
{
    private static ReadOnlySpan<byte> Mark => "\"k\":\"checkpoint\""u8;

    /// <summary>Returns true if there may be one: a text of a user could look like it.</summary>
    public static bool IsIn(ReadOnlySpan<byte> lines) => lines.IndexOf(Mark) >= 0;

    /// <summary>Returns the newest checkpoint in these lines; null without any.</summary>
    public static JournalRecord.Checkpoint? Newest(ReadOnlySpan<byte> lines)
    {
        JournalRecord.Checkpoint? newest = null;
        while (JournalLines.TrySplit(ref lines, out ReadOnlySpan<byte> line))
        {
            if (IsIn(line) && RecordJson.Read(line.TrimEnd((byte)'\n')) is JournalRecord.Checkpoint checkpoint)
            {
                newest = checkpoint;
            }
        }

        return newest;
    }
}
