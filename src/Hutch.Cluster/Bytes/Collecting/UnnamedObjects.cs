using Hutch.Catalog.Members;
using Hutch.Objects;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Condemns the objects in the bucket that no row of the log names: a server was killed between storing them and saying so, or a store
/// carried out a request that it had not answered. The bucket is listed page by page.
/// </summary>
/// <remarks>
/// An object has the id in its name under which its server wrote it, and a server has another id after each start. Servers that run are
/// asked for after the listing, and the log is read to its end after that: whatever a server that no longer runs has ever said is known
/// then, and it can say nothing more. What those that run have written may yet be named, and stays.
/// </remarks>
internal sealed class UnnamedObjects(CollectedBucket bucket, ICollectionTurn turn, Sentence sentence, EngineSite site)
{
    /// <summary>Nothing needs it: but who looks into a database that was restored has the objects of the last day as they were.</summary>
    private static readonly TimeSpan LeastAge = TimeSpan.FromDays(1);

    /// <summary>By how much the clocks of the store and of this server may differ.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    /// <summary>When the purge began for which nothing may be kept, what was condemned before included; null for a collection.</summary>
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
        IReadOnlySet<Guid> running = await turn.ReadWritersAsync(ct);
        _ = (await site.Committer.CatchUpAsync(ct)).Value;
        long known = bucket.View.Applied.Number;
        List<ObjectFacts> condemned = page.Where(one => IsGarbage(one, running)).ToList();
        if (condemned.Count > 0)
        {
            HashSet<string> names = [.. condemned.Select(static one => one.Key)];
            bool isDone = await sentence.TryAsync([.. names], PurgeBegan is not null, known, IsAgainst, ct);
            report = isDone
                ? report with { FreedBytes = report.FreedBytes + condemned.Sum(static one => one.Length) }
                : report with { LeftSegments = report.LeftSegments + 1 };

            bool IsAgainst(LogDirectory row) => row.Extents.Any(one => names.Contains(ObjectNames.Of(one)))
                || row.Packs.Any(one => names.Contains(ObjectNames.Of(one)));
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

    /// <summary>
    /// What a server wrote that still runs, before the purge began, and of which it says nothing: the store did not tell it that it has it.
    /// </summary>
    private bool IsLeft(ObjectFacts found, IReadOnlySet<Guid> running) =>
        PurgeBegan is { } began && found.Modified < began - ClocksDiffer
        && ObjectNames.TryReadWriter(found.Key, out Guid writer) && running.Contains(writer) && Find(found.Key) is null;

    /// <summary>What the log says of an object; a list of packs is known as long as the pack is with which it was written.</summary>
    private ObjectState? Find(string name) => bucket.View.Read<ObjectState?>(queries =>
        queries.Find(name) is { } known ? known
        : ObjectNames.PackOfList(name) is { } number && queries.PackName(number) is { } pack && ObjectNames.ListOf(pack) == name
            ? new ObjectState(null)
            : null);
}
