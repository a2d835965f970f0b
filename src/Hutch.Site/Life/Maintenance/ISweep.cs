namespace Hutch.Site.Life.Maintenance;

/// <summary>One collection, from its marks to the space that it frees. Disposing it lets the next one begin.</summary>
public interface ISweep : IAsyncDisposable
{
    /// <summary>
    /// True if this is still the collection of the site. Checked inside the decision of each of its commits: once another server has begun
    /// a collection, this one commits nothing more.
    /// </summary>
    bool IsCurrent { get; }

    /// <summary>Marks a member as live; false when there is none of this name.</summary>
    bool Mark(MemberKey key);

    /// <summary>Condemns members that were not marked and that no commit has relied on since (<see cref="GcWriteBarrier"/>).</summary>
    /// <param name="reached">Called at each step, for tests.</param>
    /// <param name="ct">Cancels between two steps; completed steps remain.</param>
    Task<CollectionReport> SweepAsync(Func<CollectionStep, Task> reached, CancellationToken ct);
}
