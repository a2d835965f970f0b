using Hutch.Catalog.Postgres;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Testing;

namespace Hutch.Catalog.Tests.Peers;

/// <summary>Records that several servers share as the view of a zone that one of them has joined.</summary>
public sealed partial class PostgresZoneTests
{
    private const string SiteId = "00000000000000a1";
    private const string OtherSiteId = "00000000000000a2";
    private const string Token = "00000000000000b1";

    private static readonly PrincipalId Eve = Id(4);
    private static readonly DatasetId Scan = new(Guid.Parse("00000000-0000-0000-0000-00000000000e"));

    [Fact]
    public async Task A_view_takes_rows_of_every_table_in_any_order_and_names_change_places()
    {
        using var folder = new TemporaryFolder();
        await using ZoneDatabase zone = OpenFile(folder);
        await FillZoneAsync(zone);
        await using ZoneDatabase site = await OpenJoinedAsync(zone);
        FeedBatch all = await FeedAsync(zone, null);
        Result<FeedPosition> first = await site.ApplyAsync(all.Items, isWhole: true, null, all.To, Ct);
        string filled = await DumpAsync(site);

        await ChangeAsync(zone, change =>
        {
            change.Principals.SetDisabled(Ada, disabled: true);
            change.Names.Rename(Data, change.Principals.Find("ada")!, "aside");
            change.Names.Rename(Scan, change.Principals.Find("ada")!, "data");
            change.Names.Rename(Data, change.Principals.Find("ada")!, "scan");
            change.Memberships.Remove(Lab, Bob);
            change.Tokens.Revoke(Token);
            change.Sites.Remove(OtherSiteId);
        });

        // A whole account comes again where only its row has changed, though all else refers to it.
        FeedBatch news = await FeedAsync(zone, all.To);
        FeedItem ada = Assert.Single(all.Items, item => item.Table == "principals" && item.Key == Ada.ToString());
        Result<FeedPosition> second = await site.ApplyAsync([.. news.Items, ada], isWhole: false, all.To, news.To, Ct);

        Assert.Equal((all.To, news.To), (first.Value, second.Value));
        Assert.Equal(FedTable.All.Select(static table => table.Name).Order(), all.Items.Select(static item => item.Table).Distinct().Order());
        Assert.Equal(await DumpAsync(zone), await DumpAsync(site));
        Assert.NotEqual(filled, await DumpAsync(site));
        Assert.Equal("ada/scan", (await site.ReadAsync(tables => tables.Names.Find(Data), Ct))?.FullName);
    }

    [Fact]
    public async Task A_batch_is_applied_once_whichever_servers_bring_it()
    {
        using var folder = new TemporaryFolder();
        await using ZoneDatabase zone = OpenFile(folder);
        await FillZoneAsync(zone);
        await using ZoneDatabase one = await OpenJoinedAsync(zone);
        await using ZoneDatabase two = await OpenAsync();
        FeedBatch all = await FeedAsync(zone, null);
        await ChangeAsync(zone, change => change.Principals.SetDisabled(Ada, disabled: true));
        FeedBatch later = await FeedAsync(zone, null);
        long news = two.SummaryNews.Value;

        Result<FeedPosition>[] brought = await Task.WhenAll(
            Task.Run(() => one.ApplyAsync(later.Items, isWhole: true, null, later.To, Ct).AsTask()),
            Task.Run(() => two.ApplyAsync(later.Items, isWhole: true, null, later.To, Ct).AsTask()));
        Result<FeedPosition> late = await two.ApplyAsync(all.Items, isWhole: true, null, all.To, Ct);

        Assert.All(brought.Append(late), one => Assert.Equal(later.To, one.Value));
        Assert.Equal(await DumpAsync(zone), await DumpAsync(two));
        Assert.Single(await one.ReadAsync(static tables => tables.Audit.List(new AuditSpan(), 100), Ct), static line => line is { Action: "zone.follow", Target: null });
        Assert.True(two.SummaryNews.Value > news);
    }

    [Fact]
    public async Task A_zone_that_one_server_joins_is_known_at_the_other_before_it_decides_anything()
    {
        using var folder = new TemporaryFolder();
        await using ZoneDatabase zone = OpenFile(folder);
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        await using ZoneDatabase three = await OpenAsync();
        string former = two.Id;
        Assert.True((await one.JoinAsync(AuditActor.Server, Joined(zone), null, Ct)).IsOk);

        Result<Done> refused = await two.ChangeAsync<Done>(AuditActor.Server, change => Named(change, "never"), Ct);
        await three.SyncViewAsync(Ct);
        await using ZoneDatabase started = await OpenAsync();

        Assert.Equal("Do it at the zone. Other sites see it within seconds.", refused.Error?.Code.Advice);
        Assert.All([one, two, three, started], at => Assert.Equal((zone.Id, SiteId, former), (at.Id, at.SiteId, at.Joined?.FormerId)));
        Assert.All([one, two, three, started], static at => Assert.InRange(at.View.SilentFor ?? TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Servers_of_the_same_records_are_in_one_life_and_a_copy_of_the_records_is_in_another()
    {
        PostgresAddress address = await AddressAsync();
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        await ExecuteAsync(one, $"CREATE DATABASE {address.Database}_copy");
        await using ZoneDatabase copy = await OpenAsync(address with { Database = address.Database + "_copy" });

        string life = await one.LifeAsync(Ct);

        Assert.Matches("^[0-9a-f]{32}$", life);
        Assert.Equal(life, await two.LifeAsync(Ct));
        Assert.NotEqual(life, await copy.LifeAsync(Ct));
    }

    private static ZoneDatabase OpenFile(TemporaryFolder folder) => ZoneDatabase.Open(
        Disk.LocalDisk.Instance, folder.Path, TimeProvider.System,
        new ZoneCopies(Disk.LocalDisk.Instance, folder.Path, new ZoneCopyOptions(), TimeProvider.System));

    private async Task<ZoneDatabase> OpenJoinedAsync(ZoneDatabase zone)
    {
        ZoneDatabase site = await OpenAsync();
        await FillAsync(site);
        Assert.True((await site.JoinAsync(AuditActor.Server, Joined(zone), null, Ct)).IsOk);
        return site;
    }

    private static JoinedZoneRecord Joined(ZoneDatabase zone) => new(
        zone.Id, SiteId, "archive", "zone:1", BlobHash.Compute("zone"u8), TimeProvider.System.GetUtcNow());

    /// <summary>A row in each table of the feed.</summary>
    private static async Task FillZoneAsync(ZoneDatabase zone)
    {
        await FillAsync(zone);
        await ChangeAsync(zone, change =>
        {
            Assert.True(change.Principals.CreateUser(Eve, "eve", null).IsOk);
            change.Memberships.Put(Lab, Bob, manager: true);
            change.Visits.Put(new VisitRecord(
                Lab, "lab", null, "mx1", "i04", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), null, null));
            change.Roles.Set(Ada, [Role.User, Role.Auditor]);
            change.Sites.Add(SiteId, "archive", BlobHash.Compute("archive"u8), SiteLabels.Empty);
            change.Sites.Add(OtherSiteId, "compute", BlobHash.Compute("compute"u8), SiteLabels.Empty);
            change.Tokens.Create(Token, Ada, "a token", BlobHash.Compute("token"u8), TokenScope.Full.At(SiteId), null);
            Assert.True(change.Names.Reserve(Scan, change.Principals.Find("ada")!, "scan", Visibility.Private, SiteId).IsOk);
            change.Grants.Put(Scan, Bob, Rights.Read, null, Ada);
            change.Copies.Add(Data, SiteId, "a rule", 5);
            change.Rules.Add(RuleScope.All, PlacementRule.Parse("serve where site=archive").Value, null, "ada");
            change.Purges.Add(new PurgeOrder(new DatasetId(new Guid(7, 0, 0, new byte[8])), TimeProvider.System.GetUtcNow()), "signed", "ada", "a reason");
            change.Summaries.Put(
                new DatasetSummary
                {
                    Dataset = Scan,
                    Epoch = 1,
                    Type = "mx/rotation",
                    Origin = DatasetOrigin.Derived,
                    Created = 1,
                    Files = 2,
                    Bytes = 3,
                    HeadVersion = 4,
                },
                new TypeLineage(["mx/rotation"], IsKnown: true));
        });
    }

    private static ValueTask<FeedBatch> FeedAsync(ZoneDatabase zone, FeedPosition? after) =>
        zone.ReadAsync(tables => tables.Feed.Since(after, int.MaxValue), Ct);

    private static async Task<string> DumpAsync(ZoneDatabase zone) => string.Join(
        '\n',
        (await FeedAsync(zone, null)).Items.Where(static item => item.Row is not null)
            .Select(static item => $"{item.Table} {item.Key} {string.Join('|', item.Row!)}").Order(StringComparer.Ordinal));
}
