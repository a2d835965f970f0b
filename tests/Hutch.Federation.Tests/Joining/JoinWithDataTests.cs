using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Joining;

/// <summary>A server that has people and datasets of its own joins a zone.</summary>
public sealed class JoinWithDataTests : IAsyncLifetime
{
    private const string Map =
        """
        # who is who in the zone
        ada: ada
        bob: robert
        carol: +carol     # made when the server joins
        team: +team
        guest: -
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private SiteServer _zone = null!;
    private SiteServer _own = null!;
    private string _token = "";
    private HutchClient _adaAtZone = null!;
    private HutchClient _robertAtZone = null!;
    private HutchClient _ada = null!;
    private HutchClient _bob = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync();
        _own = await SiteServer.StartAsync("institute");
        _token = (await _zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!;
        _adaAtZone = _zone.With(_token);
        _robertAtZone = _zone.With((await _zone.Admin.CreateUserAsync(new CreateUser { Name = "robert" }, Ct)).Token!);
        _ada = _own.With((await _own.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        _bob = _own.With((await _own.Admin.CreateUserAsync(new CreateUser { Name = "bob" }, Ct)).Token!);
        await _own.Admin.CreateUserAsync(new CreateUser { Name = "carol", DisplayName = "Carol C." }, Ct);
        await _own.Admin.CreateUserAsync(new CreateUser { Name = "guest" }, Ct);
        await _bob.CreateGroupAsync(new CreateGroup { Name = "team" }, Ct);
        await _bob.PutMemberAsync("team", "ada", new PutMember(), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _adaAtZone.Dispose();
        _robertAtZone.Dispose();
        _ada.Dispose();
        _bob.Dispose();
        await _own.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task Its_datasets_become_datasets_of_the_zone_with_their_ids_bytes_history_and_rights()
    {
        DatasetId scan = await MakeAsync(_ada, "scan", "first");
        await _ada.CreateSnapshotAsync(scan, new CreateSnapshot { Message = "as measured" }, Ct);
        await _ada.PutEntryAsync(scan, "b.txt", "second"u8.ToArray(), ct: Ct);
        await _ada.CreateSnapshotAsync(scan, new CreateSnapshot(), Ct);
        await _ada.PutTagAsync(scan, "good", new PutTag { Snapshot = 1 }, Ct);
        await _ada.PutGrantAsync(scan, "user:bob", new PutGrant { Right = "write" }, Ct);
        await _ada.PutGrantAsync(scan, "group:team", new PutGrant { Right = "read" }, Ct);
        await _ada.PutGrantAsync(scan, "user:guest", new PutGrant { Right = "read" }, Ct);
        DatasetId open = await MakeAsync(_bob, "open", "for everybody");
        await _bob.PatchDatasetAsync(open, new PatchDataset { Visibility = "public" }, Ct);
        DatasetId closed = await MakeAsync(_bob, "team/closed", "for ever");
        await _bob.CloseDatasetAsync(closed, new CloseDataset(), Ct);
        DatasetId trashed = await MakeAsync(_ada, "old", "not needed");
        await _ada.DeleteDatasetAsync(trashed, Ct);
        DatasetInfo taken = await _adaAtZone.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        SnapshotInfo[] before = [.. await _ada.ListSnapshotsAsync(scan, Ct).ToListAsync(Ct)];

        string token = await InviteAsync(Map);
        JoinPlanInfo plan = await _own.Admin.PlanJoinAsync(new JoinZone { Token = token, Accounts = Map }, Ct);
        await JoinAsync(token, Map);
        using HutchClient ada = await LogInAsync("ada");
        await UntilKnownAsync(scan, open, closed, trashed);

        Assert.Equal(("institute", 4), (plan.SiteName, plan.Datasets));
        Assert.Equal(
            ["ada ada 2", "bob robert 1", "carol +carol 0", "team +team 1", "guest - 0"],
            plan.Accounts.Select(static one => $"{one.Local} {(one.Made ? "+" : "")}{one.Zone ?? "-"} {one.Datasets}"));
        Assert.Equal(["ada/scan ada/scan-2", "bob/open robert/open"], plan.Renamed.Select(static one => $"{one.Name} {one.Becomes}"));
        Assert.Equal(1, plan.Ends["rights of accounts that are left out"]);
        DatasetInfo[] atZone = [.. await Task.WhenAll(new[] { scan, open, closed }.Select(id => _zone.Admin.GetDatasetAsync(id, Ct)))];
        Assert.Equal(["ada/scan-2", "robert/open", "team/closed"], atZone.Select(static one => one.Name));
        Assert.Equal("public", atZone[1].Visibility);
        Assert.True(atZone[2].Closed is not null);
        foreach (DatasetId id in new[] { scan, open, closed })
        {
            Assert.Equal("institute", (await _adaAtZone.GetCopiesAsync(id, Ct)).Home);
        }

        Assert.Equal(
            ["user:robert write", "group:team read"],
            (await _adaAtZone.ListGrantsAsync(scan, Ct).ToListAsync(Ct)).Select(static one => $"{one.Principal} {one.Right}"));
        Assert.Equal("Carol C.", (await _zone.Admin.GetUserAsync("carol", Ct)).DisplayName);
        Assert.Equal(
            ["ada False", "robert True"],
            (await _adaAtZone.GetGroupAsync("team", Ct)).Members!.Select(static one => $"{one.User} {one.Manager}"));
        Assert.Equal(before.Select(Describe), (await ada.ListSnapshotsAsync(scan, Ct).ToListAsync(Ct)).Select(Describe));
        foreach (HutchClient who in new[] { ada, _adaAtZone })
        {
            Assert.Equal(("first", "second"), (await ReadAsync(who, scan, "good", "a.txt"), await ReadAsync(who, scan, null, "b.txt")));
            Assert.Equal("for everybody", await ReadAsync(who, open, null, "a.txt"));
        }

        Assert.Equal((taken.Id, scan), ((await _adaAtZone.ResolveAsync("scan", Ct)).Id, (await ada.ResolveAsync("scan", Ct)).Id));
        Assert.Equal("ada/old", (await ada.RestoreDatasetAsync(trashed, Ct)).Name);
        Assert.Equal("not needed", await ReadAsync(ada, trashed, null, "a.txt"));
        await ada.PutEntryAsync(scan, "c.txt", "third"u8.ToArray(), ct: Ct);
        await _adaAtZone.PutEntryAsync(scan, "d.txt", "fourth"u8.ToArray(), ct: Ct);
        Assert.Equal(("third", "fourth"), (await ReadAsync(ada, scan, null, "c.txt"), await ReadAsync(ada, scan, null, "d.txt")));

        // The dataset that got a number keeps its old name here, and the end of the import is recorded once.
        CreatedToken admin = await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "institute", Scopes = ["read", "admin"] }, Ct);
        using HutchClient operators = _own.With(admin.Token!);
        await SiteServer.UntilKnownAsync(operators);
        Assert.Single(await operators.ListAuditAsync(0, null, null, Ct).ToListAsync(Ct), static line => line.Action == "site.brought");
    }

    [Fact]
    public async Task A_trial_changes_nothing_at_either_server()
    {
        DatasetId scan = await MakeAsync(_ada, "scan", "first");
        string token = await InviteAsync(Map);

        await _own.Admin.PlanJoinAsync(new JoinZone { Token = token, Accounts = Map }, Ct);

        Assert.Equal("invited", (await _zone.SiteAsync("institute")).State);
        await Assert.ThrowsAsync<HutchException>(() => _zone.Admin.GetUserAsync("carol", Ct));
        await Assert.ThrowsAsync<HutchException>(() => _zone.Admin.GetDatasetAsync(scan, Ct));
        Assert.Equal("first", await ReadAsync(_ada, scan, null, "a.txt"));
        Assert.Null((await _own.Admin.GetSitesAsync(Ct)).Here.Zone);
    }

    [Theory]
    [InlineData("ada: ada\nbob: robert\ncarol: +carol\nguest: -", "lacks team")]
    [InlineData("ada: ada\nbob: -\ncarol: +carol\nteam: +team\nguest: -", "leaves out bob, who owns")]
    [InlineData(Map + "\nmallory: ada2", "no account mallory")]
    [InlineData(Map + "\nguest: ada", "'guest' has a line already")]
    [InlineData("ada: ada\nbob: ada", "'ada' and 'bob' cannot both become 'ada'")]
    [InlineData("ada ada", "is not LOCAL: ZONE")]
    [InlineData("ada: Ada Lovelace", "is not a valid user or group name")]
    [InlineData("ada: ada\nbob: robert\ncarol: +carol\nteam: robert2\nguest: -", "does not let it bring datasets for 'robert2'")]
    [InlineData("ada: admin\nbob: robert\ncarol: +carol\nteam: +team\nguest: -", "does not let it bring datasets for 'admin'")]
    [InlineData("ada: +ada\nbob: robert\ncarol: +carol\nteam: +team\nguest: -", "does not let it bring datasets for '+ada'")]
    [InlineData("ada: ada\nbob: +team\ncarol: +carol\nteam: robert\nguest: -", "'robert' is no group in the zone")]
    [InlineData("ada: ada\nbob: robert\ncarol: +carol\nteam: +team\nguest: -\nadmin: -", null)]
    public async Task A_map_that_does_not_fit_is_refused_before_anything_changes(string map, string? why)
    {
        await MakeAsync(_bob, "scan", "first");
        string token = await InviteAsync(Map);

        var asked = new JoinZone { Token = token, Accounts = map };
        HutchError? planned = await TryAsync(() => _own.Admin.PlanJoinAsync(asked, Ct));
        HutchError? joined = why is null ? null : await TryAsync(() => _own.Admin.JoinZoneAsync(asked, Ct));

        Assert.Equal(why is null, planned is null);
        Assert.Contains(why ?? "", planned?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(planned?.Message, joined?.Message);
        Assert.Equal("invited", (await _zone.SiteAsync("institute")).State);
        Assert.Null((await _own.Admin.GetSitesAsync(Ct)).Here.Zone);
        Assert.Equal("bob", (await _bob.GetCallerAsync(Ct)).User);
    }

    [Fact]
    public async Task An_invite_names_accounts_that_the_zone_has_or_is_to_make_and_without_them_nothing_is_brought()
    {
        string token = await _zone.InviteAsync("plain");

        var unknown = await Assert.ThrowsAsync<HutchException>(() => InviteAsync("bob: bob"));
        var there = await Assert.ThrowsAsync<HutchException>(() => InviteAsync("ada: +ada"));
        var huge = await Assert.ThrowsAsync<HutchException>(() => InviteAsync(new string('#', 300_000)));
        HutchError refused = (await TryAsync(() => _own.Admin.JoinZoneAsync(new JoinZone { Token = token, Accounts = Map }, Ct)))!;

        Assert.Contains("has no account 'bob'", unknown.Error.Message, StringComparison.Ordinal);
        Assert.Contains("has an account 'ada' already", there.Error.Message, StringComparison.Ordinal);
        Assert.Contains("the limit is", huge.Error.Message, StringComparison.Ordinal);
        Assert.Contains("does not let it bring datasets for 'ada', 'robert', '+carol', '+team'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--accounts MAP", refused.Code.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_stopped_before_recording_its_join_joins_again_with_the_same_token()
    {
        DatasetId scan = await MakeAsync(_bob, "team/scan", "first");
        string token = await InviteAsync(Map);
        using (var same = new Intruder(token, _own.KeyFile))
        {
            Assert.True((await same.JoinWithAsync(
            [
                new("ada", false, false, null, []), new("robert", false, false, null, []), new("carol", false, true, null, []),
                new("team", true, true, null, [new("robert", true)]),
            ])).IsOk);
        }

        Assert.Equal("first", await ReadAsync(_bob, scan, null, "a.txt"));
        await JoinAsync(token, Map);
        await UntilKnownAsync(scan);

        Assert.Equal("team/scan", (await _zone.Admin.GetDatasetAsync(scan, Ct)).Name);
    }

    [Fact]
    public async Task Datasets_not_yet_reported_to_the_zone_are_reported_after_restarts_of_site_and_zone()
    {
        DatasetId[] made = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => MakeAsync(_ada, $"scan-{number}", $"bytes {number}")));
        string token = await InviteAsync(Map);

        await _own.Admin.JoinZoneAsync(new JoinZone { Token = token, Accounts = Map }, Ct);
        await _zone.StopAsync();
        await _own.RestartAsync();
        await _zone.StartAgainAsync();
        _adaAtZone.Dispose();
        _adaAtZone = _zone.With(_token);
        await UntilKnownAsync(made);
        using HutchClient ada = await LogInAsync("ada");

        Assert.Equal(
            Enumerable.Range(0, 30).Select(static number => $"bytes {number}"),
            await Task.WhenAll(made.Select(id => ReadAsync(ada, id, null, "a.txt"))));
        Assert.All(await Task.WhenAll(made.Select(id => ada.GetDatasetAsync(id, Ct))), static one => Assert.Null(one.Provisional));
    }

    [Fact]
    public async Task A_site_brings_for_the_accounts_of_its_invite_alone_and_only_until_it_has_said_that_it_was_all()
    {
        DatasetInfo others = await _adaAtZone.CreateDatasetAsync(new CreateDataset { Name = "others" }, Ct);
        using var liar = new Intruder(await InviteAsync("bob: robert"));
        DatasetId named = NewId();

        HutchError taken = (await liar.JoinWithAsync([new("ada", false, false, null, [])])).Error!;
        Assert.True((await liar.JoinWithAsync([new("robert", false, false, null, [])])).IsOk);
        string?[] problems =
        [
            .. (await liar.FetchAsync(
                isLast: false,
                new(NewId(), "ada", "scan", "none", null, []),
                new(others.Id, "robert", "scan", "none", null, []),
                new(NewId(), "robert", "scan", "write", null, []),
                new(NewId(), "robert", "../scan", "none", null, []),
                new(named, "robert", "scan", "none", null, [new("ada", "manage", null)])))
                .Select(static name => name.Problem),
        ];
        IReadOnlyList<GrantInfo> grants = await _robertAtZone.ListGrantsAsync(
            named, Ct).ToListAsync(Ct);
        await liar.FetchAsync(isLast: true);
        HutchError again = (await liar.JoinWithAsync([new("robert", false, false, null, [])])).Error!;
        string? late = (await liar.FetchAsync(isLast: false, new Hutch.Model.Zone.ImportedDataset(NewId(), "robert", "late", "none", null, [])))[0].Problem;

        Assert.Contains("for 'ada'", taken.Message, StringComparison.Ordinal);
        Assert.Equal([true, true, true, true, false], problems.Select(static problem => problem is not null));
        Assert.Empty(grants);
        Assert.Contains("does not let it bring datasets for 'robert'", again.Message, StringComparison.Ordinal);
        Assert.Contains("may not bring datasets for 'robert'", late, StringComparison.Ordinal);
        Assert.Equal("ada/others", (await _adaAtZone.GetDatasetAsync(others.Id, Ct)).Name);

        static DatasetId NewId() => new(Guid.NewGuid());
    }

    [Fact]
    public async Task Repeated_identical_reports_of_a_site_do_not_fill_the_audit_of_the_zone()
    {
        using var liar = new Intruder(await InviteAsync("bob: robert"));
        Assert.True((await liar.JoinWithAsync([new("robert", false, false, null, [])])).IsOk);
        var scan = new Hutch.Model.Zone.ImportedDataset(new DatasetId(Guid.NewGuid()), "robert", "scan", "none", null, []);
        IReadOnlyList<Hutch.Model.Zone.ImportedName> first = await liar.FetchAsync(isLast: false, scan);
        long told = await NewestAsync();

        IReadOnlyList<Hutch.Model.Zone.ImportedName> again = await liar.FetchAsync(isLast: false, scan);
        IReadOnlyList<Hutch.Model.Zone.ImportedName> refused = await liar.FetchAsync(
            isLast: false, scan with { Dataset = new DatasetId(Guid.NewGuid()), Owner = "ada" });
        await liar.FetchAsync(isLast: false);
        long toldAgain = await NewestAsync();
        await liar.FetchAsync(isLast: true);
        long ended = await NewestAsync();
        await liar.FetchAsync(isLast: true, scan);

        Assert.Equal(first, again);
        Assert.NotNull(Assert.Single(refused).Problem);
        Assert.Equal(told, toldAgain);
        Assert.Equal(told + 1, ended);
        Assert.Equal(ended, await NewestAsync());

        ValueTask<long> NewestAsync() => _zone.Zone.Changes.NewestAsync(Ct);
    }

    private static async Task<DatasetId> MakeAsync(HutchClient who, string name, string text)
    {
        DatasetInfo made = await who.CreateDatasetAsync(new CreateDataset { Name = name }, Ct);
        await who.PutEntryAsync(made.Id, "a.txt", System.Text.Encoding.UTF8.GetBytes(text), ct: Ct);
        return made.Id;
    }

    private static async Task<string> ReadAsync(HutchClient who, DatasetId dataset, string? version, string path)
    {
        using HttpResponseMessage answer = await who.OpenEntryAsync(dataset, version, path, 0, Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    private static string Describe(SnapshotInfo one) => $"{one.Number} {one.Root} {one.Author} {one.Message} {one.Time:O}";

    private async Task<string> InviteAsync(string map) =>
        (await _zone.Admin.InviteSiteAsync(new InviteSite { Name = "institute", Accounts = map }, Ct)).Token;

    private async Task JoinAsync(string token, string map) =>
        await _own.Admin.JoinZoneAsync(new JoinZone { Token = token, Accounts = map }, Ct);

    /// <summary>An account of the zone, at the site.</summary>
    private async Task<HutchClient> LogInAsync(string name)
    {
        HutchClient there = _own.With((await _adaAtZone.CreateTokenAsync(
            new CreateToken { Site = "institute", Scopes = ["read", "write", "manage"] }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(there);
        Assert.Equal(name, (await there.GetCallerAsync(Ct)).User);
        return there;
    }

    private static async Task<HutchError?> TryAsync<T>(Func<Task<T>> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    /// <summary>Waits until the zone knows datasets; fails in words when it does not come to.</summary>
    private async Task UntilKnownAsync(params DatasetId[] datasets)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        timeout.CancelAfter(Timeout);
        foreach (DatasetId dataset in datasets)
        {
            // An administrator of the zone may know that the dataset exists, but not see its copies.
            while (await TryAsync(() => _zone.Admin.GetCopiesAsync(dataset, Ct)) is { } problem && problem.Code != ErrorCode.Forbidden)
            {
                Assert.False(timeout.IsCancellationRequested, $"after a minute it still is: {problem.Message}");
                await Task.Delay(20, Ct);
            }
        }
    }
}
