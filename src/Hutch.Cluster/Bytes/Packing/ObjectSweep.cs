using Hutch.Objects;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>
/// Deletes what was condemned long enough ago that neither a server that lags behind nor a database restored from a backup asks for it.
/// One server at a time does this: whoever holds the lease of the job.
/// </summary>
/// <param name="log">How far all servers are.</param>
/// <param name="objects">The bucket.</param>
/// <param name="view">What is condemned.</param>
/// <param name="keepCondemned">How long it is kept; null to delete only what is not kept at all.</param>
internal sealed class ObjectSweep(IAppliedRows log, IObjectStore objects, MemberView view, TimeSpan? keepCondemned, TimeProvider time)
{
    /// <summary>Deletes what is due. Returns how many objects were deleted.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        int deleted = 0;
        long until = keepCondemned is { } keep ? (time.GetUtcNow() - keep).ToUnixTimeMilliseconds() : CondemnedObject.DueAtOnce;
        long applied = await log.ReadLeastAppliedAsync(ct);
        while (true)
        {
            List<string> due = view.Read(queries => queries.Condemned(until, applied, ObjectPage.MaxKeys));
            if (due.Count == 0)
            {
                return deleted;
            }

            HashSet<string> left = [.. (await objects.DeleteAsync(due, ct)).Select(static one => one.Key)];
            List<string> gone = due.FindAll(name => !left.Contains(name));
            if (gone.Count > 0)
            {
                await log.NoteGoneAsync(gone, ct);
            }

            view.Forget(gone);
            deleted += gone.Count;
            if (left.Count > 0)
            {
                return deleted;
            }
        }
    }
}
