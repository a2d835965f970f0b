namespace Hutch.Cluster.Bytes.Packing;

/// <summary>
/// Deletes objects condemned long enough ago that neither a lagging server nor a database restored from a backup needs them. Only the
/// server with the lease of the job does this.
/// </summary>
/// <param name="keepCondemned">The retention time; null to delete only objects without one.</param>
internal sealed class ObjectSweep(IAppliedRows log, IObjectStore objects, MemberView view, TimeSpan? keepCondemned, TimeProvider time)
{
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

            view.Remove(gone);
            deleted += gone.Count;
            if (left.Count > 0)
            {
                return deleted;
            }
        }
    }
}
