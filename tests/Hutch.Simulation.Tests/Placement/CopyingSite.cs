using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Replication.Copies;

namespace Hutch.Simulation.Tests.Placement;

/// <summary>A site that copies what its view of the zone says it is to have, ends what it need not have, and tells the zone so.</summary>
internal sealed class CopyingSite(World world, SimulatedNetwork network, PlacingZone zone, FollowingSite following)
{
    private readonly Dictionary<DatasetId, TimeSpan> _whole = [];

    /// <summary>The datasets that are on its disk, whole.</summary>
    public IEnumerable<DatasetId> Has => _whole.Where(one => one.Value <= world.Now).Select(static one => one.Key);

    public SiteRecord Site => following.Site;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Works each second from now on.</summary>
    public void Start() => world.After(TimeSpan.FromSeconds(1), async () =>
    {
        await WorkAsync();
        Start();
    });

    private async Task WorkAsync()
    {
        var view = new CopyRegistry(following.Zone, null!, null!);
        foreach (DatasetId wanted in (await view.AtSiteAsync(Site.Id, Ct)).Select(static copy => copy.Name.Dataset))
        {
            if (!_whole.TryGetValue(wanted, out TimeSpan at))
            {
                // A copy takes a while, and resumes where it was after a crash of the site.
                _whole[wanted] = at = world.Now + TimeSpan.FromMilliseconds(world.Chance.Next(500, 8000));
            }

            Report(wanted, at <= world.Now ? CopyStates.Complete : CopyStates.Running);
        }

        foreach (DatasetId released in await view.ReleasedAtAsync(Site.Id, Ct))
        {
            _whole.Remove(released);
            Report(released, CopyStates.Gone);
        }
    }

    private void Report(DatasetId dataset, string state) => network.Send(
        Site.Name, () => zone.Copies.ReportAsync(Site.Id, dataset, new CopyProgress(state, null, 1, 1, 1, 1, 1, null), Ct).AsTask());
}
