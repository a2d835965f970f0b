using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Traffic;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Links;

/// <summary>How much sites exchange, which both ends count.</summary>
public sealed class TrafficTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Traffic_between_two_sites_is_counted_at_both_whichever_site_dialled(bool listens)
    {
        const int Large = 5 << 20;
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new", listens: listens);
        await archive.JoinAsync(zone, "archive");
        DatasetId id = await TwoSites.MakeAsync(archive.Admin, "measured");
        await archive.Admin.PutEntryAsync(id, "large.bin", Copied.Bytes(Large, 1), ct: Ct);

        await Copied.ReadTextAsync(zone.Admin, id, "large.bin");

        SiteTrafficInfo own = (await zone.Admin.GetSitesAsync(Ct)).Here.Traffic!.Single();
        await zone.UntilAsync(list => list.Items.Single().Traffic is [{ OutDay: >= Large }]);
        SiteTrafficInfo told = (await zone.SiteAsync("archive")).Traffic!.Single();
        SiteTrafficInfo there = (await archive.Admin.GetSitesAsync(Ct)).Here.Traffic!.Single();
        Assert.Equal(("archive", "facility", "the site of the zone"), (own.Site, told.Site, there.Site));
        Assert.InRange(own.InDay, Large, 2 * Large);
        Assert.InRange(told.OutDay, Large, 2 * Large);
        Assert.True(own.OutDay > 0 && told.InDay > 0 && there.OutDay >= told.OutDay);
    }

    [Fact]
    public void Of_the_past_only_the_last_ten_seconds_and_the_last_day_count()
    {
        var time = new ShiftedTime();
        var traffic = new PeerTraffic(time);

        traffic.Add(1000, 10);
        (double before, _, long beforeDay, _) = traffic.Read();
        time.Advance(TimeSpan.FromSeconds(11));
        traffic.Add(0, 20);
        (double received, double sent, long receivedDay, long sentDay) = traffic.Read();
        time.Advance(TimeSpan.FromHours(24.3));

        Assert.Equal((100.0, 1000L), (before, beforeDay));
        Assert.Equal((0.0, 2.0, 1000L, 30L), (received, sent, receivedDay, sentDay));
        Assert.Equal((0.0, 0.0, 0L, 0L), traffic.Read());
    }

    [Fact]
    public void However_many_sites_come_and_go_memory_is_bounded()
    {
        var traffic = new SiteTraffic(TimeProvider.System);
        for (int i = 0; i < SiteTraffic.MaxPeers; i++)
        {
            traffic.GetOrAdd(BlobHash.Compute(BitConverter.GetBytes(i)));
        }

        BlobHash late = BlobHash.Compute("late"u8);

        Assert.NotSame(traffic.GetOrAdd(late), traffic.GetOrAdd(late));
        BlobHash first = BlobHash.Compute(BitConverter.GetBytes(0));
        Assert.Same(traffic.GetOrAdd(first), traffic.GetOrAdd(first));
    }
}
