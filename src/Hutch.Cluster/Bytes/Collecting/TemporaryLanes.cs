using Hutch.Cluster.Bytes.Packing;

namespace Hutch.Cluster.Bytes.Collecting;

internal sealed class TemporaryLanes(MemberView view, EngineSite site)
{
    private const int AtOnce = 500;

    private readonly TemporaryDrop _drop = new(site);

    public long Used => All().Sum(static lane => lane.Bytes);

    /// <summary>Drops whole lanes whose day is over, after the records have forgotten the large blobs in them.</summary>
    public async Task DropExpiredAsync(Condemnation condemnation, CancellationToken ct)
    {
        foreach (Lane lane in await _drop.EndAsync(All().Select(static one => one.Lane), ct))
        {
            while (NamesIn(lane) is { Count: > 0 } names)
            {
                await condemnation.TryAsync(names, isDueAtOnce: true, view.Applied.Number, static _ => false, ct);
            }
        }
    }

    private IEnumerable<(Lane Lane, long Bytes)> All() => view.Read(static queries => queries.Lanes())
        .Select(static lane => (Lane: PackLane.For(lane.Name), lane.Bytes)).Where(static one => one.Lane.IsTransient);

    private List<string> NamesIn(Lane lane) => view.Read(queries => (List<string>)
    [
        .. queries.Packs().Where(pack => pack.Lane == lane.Name).Take(AtOnce)
            .SelectMany(static pack => new[] { pack.ObjectName, ObjectNames.ListOf(pack.ObjectName) }),
        .. queries.TransientIn(lane.Name, AtOnce).Select(static extent => extent.ObjectName),
    ]);
}
