namespace Hutch.Site.Write.Committing;

/// <summary>Brings the records up to date from the journal: at every start, and after a failure of the database.</summary>
public static class SiteJournal
{
    private const int RecordsPerTransaction = 10_000;

    /// <summary>Applies the lines that the database does not have yet, in the running transaction.</summary>
    internal static int Apply(SiteWriter records, ReadOnlySpan<byte> lines, List<JournalRecord>? noted = null)
    {
        int applied = 0;
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range];
            if (line.IsEmpty)
            {
                continue;
            }

            JournalRecord record = RecordJson.Read(line);
            if (record.Sequence > records.AppliedSequence)
            {
                records.Apply(record, line);
                noted?.Add(record);
                applied++;
            }
        }

        return applied;
    }

    /// <summary>Applies everything that the log has and the database does not.</summary>
    public static async Task<long> ReplayAsync(IAsyncEnumerable<JournalGroup> log, SiteWriter records)
    {
        long total = 0;
        int inTransaction = 0;
        records.Begin();
        await foreach (JournalGroup group in log)
        {
            int applied = Apply(records, group.Lines.Span);
            total += applied;
            inTransaction += applied;
            if (inTransaction >= RecordsPerTransaction)
            {
                records.Commit();
                records.Begin();
                inTransaction = 0;
            }
        }

        records.Commit();
        return total;
    }
}
