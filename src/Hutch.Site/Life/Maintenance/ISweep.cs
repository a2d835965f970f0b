using Hutch.Storage;

namespace Hutch.Site.Life.Maintenance;

/// <summary>One collection, from its marks to the space that it frees. Disposing it lets the next one begin.</summary>
public interface ISweep : IAsyncDisposable
{
    /// <summary>
    /// Whether this is still the collection of the site. Asked inside the decision of each commit that it makes: when another server has
    /// begun one since, nothing more comes of this one.
    /// </summary>
    bool IsCurrent { get; }

    /// <summary>Notes that a member lives; false when there is none of this name.</summary>
    bool Mark(MemberKey key);

    /// <summary>Condemns what was not marked and what nobody has come to rely on since (<see cref="TouchedMembers"/>).</summary>
    /// <param name="reached">Called at each step, for tests.</param>
    /// <param name="ct">Cancels between two steps; what was done stays done.</param>
    Task<CollectionReport> SweepAsync(Func<CollectionStep, Task> reached, CancellationToken ct);
}
