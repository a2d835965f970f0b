namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Condemns the objects in the bucket that no row of the log names. They are left when a server is killed between storing and recording
/// them, or when a store carries out a request without answering it. The bucket is listed page by page.
/// </summary>
/// <remarks>
/// The name of an object contains the id under which its server wrote it, and a server draws a new id at each start. The running servers
/// are read after the listing, and the log is read to its end after that. Everything that a stopped server recorded is known then, and it
/// can record nothing more. Objects of running servers may yet be named, and stay.
/// </remarks>
internal sealed class OrphanedObjects(CollectedBucket bucket, ICollectionLease lease, Condemnation condemnation, EngineSite site)
{
    /// <summary>
    /// The minimum age of a condemned object. It is not required, but a restored database finds the objects of the last day.
    /// </summary>
    private static readonly TimeSpan LeastAge = TimeSpan.FromDays(1);

    /// <summary>The largest assumed difference between the clocks of the store and this server.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    /// <summary>The start of a purge, which retains no object, not even those condemned before; null for a collection.</summary>
    public DateTimeOffset? PurgeBegan { get; set; }

    public async Task<CollectionReport> CondemnAsync(CollectionReport report, CancellationToken ct)
    {
        string? last = null;
        for (bool isLast = false; !isLast;)
        {
            ct.ThrowIfCancellationRequested();
            ObjectPage page = await bucket.Objects.ListAsync("", last, ObjectPage.MaxKeys, ct);
            report = await CondemnAsync(page.Objects, report, ct);
            isLast = page.IsLast || page.Objects.Count == 0;
            last = isLast ? last : page.Objects[^1].Key;
        }

        return report;
    }

    private async Task<CollectionReport> CondemnAsync(IReadOnlyList<ObjectFacts> page, CollectionReport report, CancellationToken ct)
    {
        IReadOnlySet<Guid> running = await lease.ReadWritersAsync(ct);
        _ = (await site.Committer.CatchUpAsync(ct)).Value;
        long known = bucket.View.Applied.Number;
        List<ObjectFacts> condemned = page.Where(one => IsGarbage(one, running)).ToList();
        if (condemned.Count > 0)
        {
            HashSet<string> names = [.. condemned.Select(static one => one.Key)];
            bool isDone = await condemnation.TryAsync([.. names], PurgeBegan is not null, known, IsAgainst, ct);
            report = isDone
                ? report with { FreedBytes = report.FreedBytes + condemned.Sum(static one => one.Length) }
                : report with { LeftSegments = report.LeftSegments + 1 };

            bool IsAgainst(LogDirectory row) => row.Extents.Any(one => names.Contains(ObjectNames.For(one)))
                || row.Packs.Any(one => names.Contains(ObjectNames.For(one)));
        }

        return page.Any(one => IsLeft(one, running)) ? report with { LeftSegments = report.LeftSegments + 1 } : report;
    }

    private bool IsGarbage(ObjectFacts found, IReadOnlySet<Guid> running)
    {
        bool isOld = found.Modified < bucket.Time.GetUtcNow() - LeastAge;
        return !ObjectNames.TryReadWriter(found.Key, out Guid writer)
            ? isOld && PurgeBegan is null && ObjectProbe.IsTrial(found.Key) && Find(found.Key) is null
            : Find(found.Key) switch
            {
                null => !running.Contains(writer) && (PurgeBegan is not null || isOld),
                { CondemnedSince: > CondemnedObject.DueAtOnce } => PurgeBegan is not null,
                _ => false,
            };
    }

    /// <summary>Returns true if a running server wrote the object before the purge, unconfirmed, and does not name it.</summary>
    private bool IsLeft(ObjectFacts found, IReadOnlySet<Guid> running) =>
        PurgeBegan is { } began && found.Modified < began - ClocksDiffer
        && ObjectNames.TryReadWriter(found.Key, out Guid writer) && running.Contains(writer) && Find(found.Key) is null;

    /// <summary>
    /// Returns the state of an object in the log. A list of packs is known as long as the pack with which it was written.
    /// </summary>
    private ObjectState? Find(string name) => bucket.View.Read<ObjectState?>(queries =>
        queries.Find(name) is { } known ? known
        : ObjectNames.PackOfList(name) is { } number && queries.PackName(number) is { } pack && ObjectNames.ListOf(pack) == name
            ? new ObjectState(null)
            : null);
}
