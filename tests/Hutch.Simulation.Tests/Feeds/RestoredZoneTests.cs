using Hutch.Catalog.Zone;
using Hutch.Federation.Doors;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;
using Hutch.Zone.Logins;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>A zone comes back from a backup, and its sites know what has ended since.</summary>
public sealed class RestoredZoneTests : IAsyncDisposable
{
    private const string SiteId = "00000000000000a1";
    private const string OtherSiteId = "00000000000000b2";
    private const string Token = "1111111111111111";
    private const string OtherToken = "2222222222222222";

    private static readonly BlobHash Key = BlobHash.Compute([1]);
    private static readonly PrincipalId Admin = Principal(1);
    private static readonly PrincipalId Ada = Principal(2);
    private static readonly PrincipalId Bob = Principal(3);
    private static readonly PrincipalId Lab = Principal(4);
    private static readonly DatasetId Scan = new(new Guid(5, 0, 0, new byte[8]));
    private static readonly DatasetId Made = new(new Guid(6, 0, 0, new byte[8]));
    private static readonly DatasetId Other = new(new Guid(7, 0, 0, new byte[8]));

    private readonly StandingTime _time = new();
    private readonly ZoneFolder _zone;
    private readonly ZoneFolder _site;
    private readonly ZoneLink _link;

    public RestoredZoneTests()
    {
        _zone = new ZoneFolder(_time);
        _site = new ZoneFolder(_time);
        var joined = new JoinedZoneRecord(_zone.Zone.Id, SiteId, "archive", "zone:1", BlobHash.Compute([2]), _time.GetUtcNow());
        _link = new ZoneLink(
            joined, new Peer(this), new SiteView(_site.Zone, _time), new RestoredZone(_site.Zone), () => null, static () => 0, _time);
        Joined = joined;
    }

    private JoinedZoneRecord Joined { get; }

    private SiteRequests Requests => new(
        new SiteRegistry(_zone.Zone, "us-east-1", _time), _zone.Keys, new ZoneFeed(_zone.Zone, _time), new SiteNames(_zone.Zone),
        new JoinImport(_zone.Zone, new SiteRegistry(_zone.Zone, "us-east-1", _time)), new RestoredZone(_zone.Zone),
        new CopyRegistry(_zone.Zone, null!, new CopyNotices(_zone.Zone, null!)),
        new SiteLoginAuthorizer(_zone.Zone, null, TimeSpan.FromDays(1), _time), new SiteContacts(_time), _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_ended_after_the_backup_ends_again_and_what_was_made_at_a_site_has_its_name_back()
    {
        string backup = await BeginAsync();
        Assert.True((await new SiteNames(_zone.Zone).ReserveAsync(SiteId, Token, new NameReservation(Made, null, Slug.Parse("made").Value), Ct)).IsOk);
        await ChangeAsync(change =>
        {
            change.Tokens.Revoke(Token);
            change.Principals.SetDisabled(Bob, true);
            change.Grants.Remove(Scan, Bob);
            change.Memberships.Remove(Lab, Bob);
            change.Roles.Set(Bob, [Role.User]);
        });
        await FollowAsync();

        await RestoreAsync(backup);
        await FollowAsync();

        (TokenRecord? token, UserRecord? bob, int grants, int members, IReadOnlyList<Role> roles, NameRecord? made) = await _zone.Zone.ReadAsync(
            tables => (
                tables.Tokens.Find(Token), tables.Principals.FindUser(Bob), tables.Grants.On(Scan).Count,
                tables.Memberships.MembersOf(Lab).Count, tables.Roles.ListFor(Bob), tables.Names.Find(Made)),
            Ct);
        Assert.NotNull(token?.RevokedAt);
        Assert.NotNull(bob?.DisabledAt);
        Assert.Equal((0, 0), (grants, members));
        Assert.Equal([Role.User], roles);
        Assert.Equal(("ada/made", SiteId, 1L), (made?.FullName, made?.Home.SiteId, made?.Home.Epoch));
        Assert.Equal(await _zone.DumpAsync(SiteId), await _site.DumpAsync());
    }

    [Fact]
    public async Task An_S3_key_that_was_revoked_after_the_backup_ends_again_with_its_tokens_at_all_sites()
    {
        const string S3Key = "00000000000000a1", Here = "00000000000000a2", There = "00000000000000a3";
        await BeginAsync();
        await ChangeAsync(change =>
        {
            TokenScope scope = TokenScope.Full.Opening([SiteId, OtherSiteId]);
            change.Tokens.Create(S3Key, Ada, null, BlobHash.Compute([5]), scope, null, s3Generation: 1);
            change.Tokens.Create(Here, Ada, null, BlobHash.Compute([6]), scope.At(SiteId).Opening([SiteId]), null, loginId: S3Key);
            change.Tokens.Create(There, Ada, null, BlobHash.Compute([7]), scope.At(OtherSiteId).Opening([OtherSiteId]), null, loginId: S3Key);
        });
        string backup = await _zone.CopyAsync();
        await ChangeAsync(change => change.Tokens.Revoke(S3Key));
        await FollowAsync();

        await RestoreAsync(backup);
        await FollowAsync();

        Assert.All(
            await _zone.Zone.ReadAsync(tables => new[] { S3Key, Here, There }.Select(tables.Tokens.Find).ToArray(), Ct),
            token => Assert.NotNull(token?.RevokedAt));
    }

    [Fact]
    public async Task What_was_given_again_after_the_restore_stays()
    {
        string backup = await BeginAsync();
        await ChangeAsync(change => change.Grants.Remove(Scan, Bob));
        await FollowAsync();
        await RestoreAsync(backup);
        _time.Advance(TimeSpan.FromSeconds(1));

        await ChangeAsync(change => change.Grants.Put(Scan, Bob, Rights.Read, null, Ada));
        await FollowAsync();

        Assert.Single(await _zone.Zone.ReadAsync(tables => tables.Grants.On(Scan), Ct));
    }

    [Fact]
    public async Task A_lying_site_changes_nothing_before_a_restore_and_only_facts_that_it_could_have_known_afterwards()
    {
        string backup = await BeginAsync();
        await ChangeAsync(change => change.Roles.Set(Ada, [Role.User, new AssignedRole(Role.Operator, OtherSiteId)]));
        KnownEnds lies = new()
        {
            Tokens = [Token, OtherToken, "no such token"],
            Users = [Admin.ToString(), "nobody"],
            Rows =
            [
                $"roles {Admin} administrator", $"roles {Ada} operator@{OtherSiteId}", $"names {Scan}", "grants", "x y z",
                $"users {Ada} x",
            ],
            Names = [new KnownName(Scan, Bob.ToString(), "mine", 9), new KnownName(Made, "nobody", "../..", 9)],
        };

        Result<DoneAnswer> early = await ReportAsync(lies);
        await RestoreAsync(backup);
        await ChangeAsync(change => change.Roles.Set(Ada, [Role.User, new AssignedRole(Role.Operator, OtherSiteId)]));
        Result<DoneAnswer> once = await ReportAsync(lies);
        Result<DoneAnswer> twice = await ReportAsync(lies);

        (TokenRecord? other, UserRecord? admin, IReadOnlyList<Role> roles, int held, NameRecord? scan, NameRecord? made) = await _zone.Zone.ReadAsync(
            tables => (
                tables.Tokens.Find(OtherToken), tables.Principals.FindUser(Admin), tables.Roles.ListFor(Admin),
                tables.Roles.ListAssigned(Ada).Count, tables.Names.Find(Scan), tables.Names.Find(Made)),
            Ct);
        Assert.Equal(("conflict", true, "conflict"), (early.Error?.Code.Name, once.IsOk, twice.Error?.Code.Name));
        Assert.Null(other?.RevokedAt);
        Assert.Null(admin?.DisabledAt);
        Assert.Contains(Role.Administrator, roles);
        Assert.Equal(2, held);
        Assert.Equal(("ada/scan", _zone.Zone.Id, 1L), (scan?.FullName, scan?.Home.SiteId, scan?.Home.Epoch));
        Assert.Null(made);
    }

    [Fact]
    public async Task A_name_goes_to_its_last_known_home_and_not_to_the_first_site_that_claims_it()
    {
        string backup = await BeginAsync();
        await RestoreAsync(backup);
        await ChangeAsync(change =>
        {
            Assert.True(change.Names.Reserve(Made, change.Principals.Find("ada")!, "made", Visibility.Private, OtherSiteId).IsOk);
            change.Names.Release(Made);
        });

        Result<DoneAnswer> claimed = await ReportAsync(new KnownEnds
        {
            Names = [new KnownName(Made, Ada.ToString(), "made", 9), new KnownName(Other, Ada.ToString(), "other", (1L << 40) + 1)],
        });

        (NameRecord? made, NameRecord? other, HomeRecord? home) = await _zone.Zone.ReadAsync(
            tables => (tables.Names.Find(Made), tables.Names.Find(Other), tables.Homes.Find(Made)), Ct);
        Assert.True(claimed.IsOk);
        Assert.Null(made);
        Assert.Null(other);
        Assert.Equal(new HomeRecord(OtherSiteId, 1), home);
    }

    [Fact]
    public async Task Of_two_servers_that_share_a_site_one_reports_and_one_applies_and_both_follow()
    {
        string backup = await BeginAsync();
        var second = new ZoneLink(
            Joined, new Peer(this), new SiteView(_site.Zone, _time), new RestoredZone(_site.Zone), () => null, static () => 0, _time);
        await ChangeAsync(change => change.Tokens.Revoke(Token));
        Assert.Null(await second.BeatAsync(Ct));
        await FollowAsync();
        await RestoreAsync(backup);

        Assert.Null(await second.BeatAsync(Ct));
        await FollowAsync();
        long version = _site.Zone.Version;
        Assert.Null(await second.BeatAsync(Ct));

        Assert.NotNull((await _zone.Zone.ReadAsync(static tables => tables.Tokens.Find(Token), Ct))?.RevokedAt);
        Assert.Equal(version, _site.Zone.Version);
        Assert.Equal(await _zone.DumpAsync(SiteId), await _site.DumpAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _zone.DisposeAsync();
        await _site.DisposeAsync();
    }

    private static PrincipalId Principal(int number) => new(new Guid(number, 0, 0, new byte[8]));

    /// <summary>A zone with a site that follows it, and its backup.</summary>
    private async Task<string> BeginAsync()
    {
        await ChangeAsync(change =>
        {
            foreach ((PrincipalId id, string name) in new[] { (Admin, "admin"), (Ada, "ada"), (Bob, "bob") })
            {
                Assert.True(change.Principals.CreateUser(id, name, null).IsOk);
            }

            Assert.True(change.Principals.CreateGroup(Lab, "lab", null).IsOk);
            change.Memberships.Put(Lab, Bob, manager: false);
            change.Roles.Set(Admin, [Role.User, Role.Administrator]);
            change.Roles.Set(Bob, [Role.User, Role.Auditor]);
            change.Sites.Add(SiteId, "archive", Key, SiteLabels.Empty);
            change.Sites.Add(OtherSiteId, "compute", BlobHash.Compute([9]), SiteLabels.Empty);
            change.Tokens.Create(Token, Ada, "here", BlobHash.Compute([3]), TokenScope.Full.At(SiteId), null);
            change.Tokens.Create(OtherToken, Ada, "there", BlobHash.Compute([4]), TokenScope.Full.At(OtherSiteId), null);
            Assert.True(change.Names.Reserve(Scan, change.Principals.Find("ada")!, "scan", Visibility.Private).IsOk);
            change.Grants.Put(Scan, Bob, Rights.Read, null, Ada);
        });
        Assert.True((await _site.Zone.JoinAsync(AuditActor.Server, Joined, null, Ct)).IsOk);
        await FollowAsync();
        return await _zone.CopyAsync();
    }

    private async Task FollowAsync()
    {
        do
        {
            Assert.Null(await _link.BeatAsync(Ct));
        }
        while (await PositionAsync() != await _zone.Zone.ReadAsync(tables => tables.Feed.Newest(), Ct));
    }

    private async Task<FeedPosition?> PositionAsync() => await new SiteView(_site.Zone, _time).PositionAsync(Ct);

    /// <summary>Puts the backup back, and starts it as the server does after a restore.</summary>
    private async Task RestoreAsync(string backup)
    {
        await _zone.ReplaceAsync(backup);
        await ChangeAsync(change => change.Feed.BeginIncarnation());
    }

    private Task<Result<DoneAnswer>> ReportAsync(KnownEnds ends) => Requests.ReceiveEndsAsync(
        Key,
        new EndsRequest { Ends = ends, IsLast = true },
        Ct);

    private async Task ChangeAsync(Action<ZoneChange> work) => Assert.True((await _zone.Zone.ChangeAsync<Done>(
        AuditActor.Server,
        change =>
        {
            work(change);
            change.AddAudit("simulated", null);
            return Done.Value;
        },
        Ct)).IsOk);

    /// <summary>The zone, as a site with its key reaches it.</summary>
    private sealed class Peer(RestoredZoneTests test) : ISitePeer
    {
        public async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(
            PeerCall<TRequest, TAnswer> call, TRequest request, CancellationToken ct) => (Result<TAnswer>)(object)(request switch
            {
                BeatRequest beat => await test.Requests.BeatAsync(Key, beat, ct),
                EndsRequest ends => await test.Requests.ReceiveEndsAsync(Key, ends, ct),
                _ => throw new NotSupportedException(call.Path),
            });
    }
}
