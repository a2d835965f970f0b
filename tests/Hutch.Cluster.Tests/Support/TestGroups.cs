using System.Text;
using Hutch.Cluster.Journal;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Support;

/// <summary>Groups of records that mean nothing, and short words to append and read them.</summary>
internal static class TestGroups
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static LogGroup From(long first, long last)
    {
        var group = new LogGroup();
        var lines = new StringBuilder();
        for (long sequence = first; sequence <= last; sequence++)
        {
            lines.Append("{\"seq\":").Append(sequence).Append(",\"k\":\"x\"}\n");
        }

        group.SetJournal(Encoding.UTF8.GetBytes(lines.ToString()), first, last);
        return group;
    }

    /// <summary>Appends records after those that the log has applied.</summary>
    public static async Task AppendAsync(this PostgresLog log, long first, long last)
    {
        await using ILogLock logLock = await log.AcquireAsync(first - 1, Ct);
        await logLock.AppendAsync(From(first, last), Ct);
    }

    /// <summary>
    /// Appends one record as a committer does: what was lost is looked up, and tried again when it is not there. Returns its number.
    /// </summary>
    public static async Task<long> CommitAsync(this PostgresLog log, long after)
    {
        long reached = after;
        for (bool isLost = false; ;)
        {
            await using ILogLock logLock = await log.AcquireAsync(after, Ct);
            after = Math.Max(after, logLock.Missed.Count == 0 ? 0 : logLock.Missed[^1].LastSequence);
            if (isLost && logLock.LastAppend != AppendOutcome.NotThere)
            {
                Assert.Equal(AppendOutcome.There, logLock.LastAppend);
                Assert.Contains(reached, logLock.Missed.Select(static group => group.LastSequence));
                return reached;
            }

            reached = Math.Max(reached, after) + 1;
            try
            {
                await logLock.AppendAsync(From(reached, reached), Ct);
                return reached;
            }
            catch (StorageUnknownOutcomeException)
            {
                isLost = true;
            }
        }
    }

    /// <summary>The number of the last record of each group in the log.</summary>
    public static async Task<List<long>> LastNumbersAsync(this PostgresLog log)
    {
        var last = new List<long>();
        await foreach (JournalGroup group in log.ReadAsync(0, Ct))
        {
            last.Add(group.LastSequence);
        }

        return last;
    }
}
