namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// One collection of a site that several servers share. Rows of the log condemn dead objects: single extents, packs whose living members
/// were rewritten, and objects that no row names. <see cref="Packing.ObjectSweep"/> deletes them after their retention time. A purge
/// deletes them at once, with their rows.
/// </summary>
internal sealed class ObjectCollection : ISweep
{
    private readonly ICollectionLease _lease;
    private readonly MemberView _view;
    private readonly LiveKeys _living;
    private readonly DeadExtents _extents;
    private readonly DeadPacks _packs;
    private readonly OrphanedObjects _unnamed;
    private readonly PurgedRows _purged;
    private bool _isListening;

    public ObjectCollection(ICollectionLease lease, CollectedBucket bucket, EngineSite site)
    {
        (_lease, _view) = (lease, bucket.View);
        _living = new LiveKeys(site.Barrier);
        var condemnation = new Condemnation(lease, _view, site);
        _extents = new DeadExtents(_view, _living, condemnation);
        _packs = new DeadPacks(lease, _view, _living, condemnation, bucket.Packs, new PackedMemberMover(lease, site), site);
        _unnamed = new OrphanedObjects(bucket, lease, condemnation, site);
        _purged = new PurgedRows(bucket, lease);
    }

    public bool IsCurrent => _lease.IsHeld;

    /// <summary>Makes the collection leave no dead data from now on, for a purge.</summary>
    public void LeaveNothing(PurgeScope scope, DateTimeOffset began)
    {
        _extents.IsPurge = true;
        (_packs.Purge, _unnamed.PurgeBegan) = (scope, began);
    }

    /// <summary>
    /// Starts listening for appended rows. Called in a decision of the committer: the records and the view then contain everything that was
    /// appended before, and all later rows are heard.
    /// </summary>
    public Result<Done> Listen()
    {
        if (!_isListening)
        {
            _isListening = true;
            _view.RowApplied += _living.Add;
            _packs.CoveredRow = _view.Applied.Number;
        }

        return Done.Value;
    }

    /// <summary>Notes that a checkpoint has everything that was appended before the listening began.</summary>
    /// <param name="through">The last record in the checkpoint.</param>
    public void Cover(long through) => _packs.CoveredSequence = through;

    public bool Mark(MemberKey key)
    {
        _living.Mark(key);
        return _view.TryLocate(key, lastingOnly: false, out _);
    }

    public async Task<CollectionReport> SweepAsync(Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        CollectionReport report = await _extents.CondemnAsync(new CollectionReport(0, 0, 0, 0, 0), reached, ct);
        report = await _packs.CondemnAsync(report, reached, ct);
        report = await _unnamed.CondemnAsync(report, ct);
        if (_packs.Purge is null)
        {
            // Should a server lag behind, the next collection does it.
            _ = await _lease.TryTrimAsync(_packs.CoveredRow, ct);
        }
        else if (report.LeftSegments == 0)
        {
            await _purged.RemoveAsync(_packs.CoveredRow, ct);
            await _lease.NoteSweptAsync(_packs.CoveredSequence, ct);
        }

        return report;
    }

    public ValueTask DisposeAsync()
    {
        _view.RowApplied -= _living.Add;
        return _lease.DisposeAsync();
    }
}
