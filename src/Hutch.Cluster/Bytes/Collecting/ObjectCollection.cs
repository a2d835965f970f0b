using Hutch.Model;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// One collection of a site that several servers share: what is dead is condemned by rows of the log, extents one by one, packs when what
/// lives in them was written anew. <see cref="Packing.ObjectSweep"/> deletes it when its time is over.
/// </summary>
internal sealed class ObjectCollection : ISweep
{
    private readonly ICollectionTurn _turn;
    private readonly MemberView _view;
    private readonly LivingKeys _living;
    private readonly DeadExtents _extents;
    private readonly DeadPacks _packs;
    private bool _isListening;

    public ObjectCollection(ICollectionTurn turn, MemberView view, PackFetch packs, EngineSite site)
    {
        (_turn, _view) = (turn, view);
        _living = new LivingKeys(site.Touched);
        var sentence = new Sentence(turn, view, site);
        _extents = new DeadExtents(view, _living, sentence);
        _packs = new DeadPacks(turn, view, _living, sentence, packs, new PackedMemberMover(turn, site), site);
    }

    public bool IsCurrent => _turn.IsHeld;

    /// <summary>
    /// Begins to hear what is appended. For a decision: in its turn records and view have everything that was appended before, and
    /// whatever comes after is heard.
    /// </summary>
    public Result<Done> Listen()
    {
        if (!_isListening)
        {
            _isListening = true;
            _view.RowApplied += _living.Note;
            _packs.CoveredRow = _view.Applied.Number;
        }

        return Done.Value;
    }

    /// <summary>Says that a checkpoint has everything that was appended before the listening began.</summary>
    /// <param name="through">The last record in it.</param>
    public void Cover(long through) => _packs.CoveredSequence = through;

    public bool Mark(MemberKey key)
    {
        _living.Mark(key);
        return _view.TryLocate(key, lastingOnly: false, out _);
    }

    public async Task<CollectionReport> SweepAsync(Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        CollectionReport report = await _extents.CondemnAsync(new CollectionReport(0, 0, 0, 0, 0), reached, ct);
        return await _packs.CondemnAsync(report, reached, ct);
    }

    public ValueTask DisposeAsync()
    {
        _view.RowApplied -= _living.Note;
        return _turn.DisposeAsync();
    }
}
