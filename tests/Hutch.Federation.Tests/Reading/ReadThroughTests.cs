using System.Net.Http.Headers;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Files;
using Hutch.Datasets.Replication.Sites;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Entries;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Tests.Reading;

/// <summary>Datasets that a site does not have are read there all the same, as they are at their home.</summary>
public sealed class ReadThroughTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_reads_at_every_site_as_it_does_at_its_home()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await using SiteServer archive = await SiteServer.StartAsync("new", listens: false);
        await compute.JoinAsync(zone, "compute");
        await archive.JoinAsync(zone, "archive");
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        DatasetId ofSite = await Copied.MakeAsync(compute.Admin, "result");
        DatasetId ofZone = await Copied.MakeAsync(zone.Admin, "scan");
        await compute.Admin.CloseDatasetAsync(ofSite, new CloseDataset(), Ct);
        await zone.Admin.CloseDatasetAsync(ofZone, new CloseDataset(), Ct);

        foreach ((DatasetId id, SiteServer home) in new[] { (ofSite, compute), (ofZone, zone) })
        {
            foreach (string path in new[]
            {
                "entries/readme.txt", "entries/empty", "entries/raw/frame-041.bin", "entries/raw/deep/er/middle.bin", "entries/large.bin",
                "metadata", "metadata/history", "snapshots", "snapshots/@1", "tree", "tree?prefix=raw/&delimiter=/",
                "files?at=@v1", "files?at=@2", "diff?from=@1&to=@2", "archive.tar?at=@2", "attributes",
            })
            {
                string there = await Copied.AnswerAsync(home.Address, home.AdminToken, $"datasets/{id}/{path}");
                foreach ((string name, SiteServer site) in new[] { ("zone", zone), ("compute", compute), ("archive", archive) })
                {
                    string here = await Copied.AnswerAsync(site.Address, site.AdminToken, $"datasets/{id}/{path}");
                    Assert.True(there == here, $"{name} {path}:\n{there}\n{here}");
                }
            }
        }
    }

    [Fact]
    public async Task Copying_a_read_through_file_takes_bytes_from_its_home_and_never_from_other_local_datasets()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        byte[] secret = new byte[100_000];
        Random.Shared.NextBytes(secret);
        DatasetInfo others = await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "others" }, Ct);
        await site.Admin.PutEntryAsync(others.Id, "secret", secret, ct: Ct);
        DatasetInfo target = await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "target" }, Ct);
        DatasetInfo bait = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "bait" }, Ct);
        await zone.Admin.PutEntryAsync(bait.Id, "bait", secret, ct: Ct);
        Caller caller = (await site.Zone.Authenticator.AuthenticateAsync(site.AdminToken, null, Ct)).Value;
        using IDisposable work = new ActiveRequests(TimeProvider.System, 4 << 20).Begin("admin", RequestClass.Interactive, "s3", "PUT");
        OpenedEntry? opened = null;
        while (opened is null)
        {
            // Until the feed brings the dataset, the route leads to this site, which does not know it.
            if ((await site.Modules.Reading.Router.FindAsync(caller, bait.Id, null, Ct)).TryGet(out ReadRoute? route, out _))
            {
                (await route.Reader.Entries.OpenAsync(caller, bait.Id, DatasetPath.Parse("bait").Value, null, Ct)).TryGet(out opened, out _);
            }

            await Task.Delay(20, Ct);
        }

        await zone.StopAsync();
        var refused = await Assert.ThrowsAsync<HutchException>(async () => throw (Exception?)(await CopyAsync()).Error?.ToException() ?? new InvalidOperationException());
        await zone.StartAgainAsync();

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);

        Task<Result<StoredEntry>> CopyAsync() => site.Modules.Files.Copies.CopyAsync(
            caller, opened, target.Id, DatasetPath.Parse("copy").Value, opened.Entry, EntryCondition.None, Ct);
    }

    [Fact]
    public async Task Ranges_and_heads_are_answered_as_at_the_home()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetId id = await Copied.MakeAsync(zone.Admin, "scan");

        foreach ((HttpMethod method, string? range) in new[]
        {
            (HttpMethod.Head, null), (HttpMethod.Get, "bytes=3000000-3000099"), (HttpMethod.Get, "bytes=-7"), (HttpMethod.Get, "bytes=0-0"),
            (HttpMethod.Get, "bytes=99000000-"),
        })
        {
            Assert.Equal(await AskAsync(zone), await AskAsync(site));

            async Task<string> AskAsync(SiteServer server)
            {
                using var http = new HttpClient { BaseAddress = server.Address };
                using var request = new HttpRequestMessage(method, $"api/v1/datasets/{id}/entries/large.bin");
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken);
                request.Headers.TryAddWithoutValidation("Range", range);
                using HttpResponseMessage answer = await http.SendAsync(request, Ct);
                byte[] body = await answer.Content.ReadAsByteArrayAsync(Ct);
                return $"{(int)answer.StatusCode} {answer.Headers.ETag} {answer.Content.Headers.LastModified} "
                    + $"{answer.Content.Headers.ContentRange} {answer.Content.Headers.ContentLength} "
                    + (answer.IsSuccessStatusCode ? Convert.ToHexString(body) : "");
            }
        }
    }

    [Fact]
    public async Task Reads_without_a_right_or_after_its_revocation_fail_at_every_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        string token = (await ada.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read", "write"] }, Ct)).Token!;
        using HutchClient there = site.With(token);
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await SiteServer.UntilKnownAsync(there);

        var stranger = await Assert.ThrowsAsync<HutchException>(() => there.GetDatasetAsync(scan.Id, Ct));
        await zone.Admin.PutGrantAsync(scan.Id, "user:ada", new PutGrant { Right = "write" }, Ct);
        DatasetInfo read = await UntilReadAsync(there, scan.Id);
        string text = await Copied.ReadTextAsync(there, scan.Id, "a.txt");
        await there.PutEntryAsync(scan.Id, "b.txt", "two"u8.ToArray(), ct: Ct);
        string written = await Copied.ReadTextAsync(zone.Admin, scan.Id, "b.txt");
        await zone.Admin.DeleteGrantAsync(scan.Id, "user:ada", Ct);
        var revoked = await Assert.ThrowsAsync<HutchException>(() => Copied.ReadTextAsync(there, scan.Id, "a.txt"));

        Assert.Equal(ErrorCode.NotFound, stranger.Error.Code);
        Assert.Equal("scan", read.Slug);
        Assert.Equal("one", text);
        Assert.Equal("two", written);
        Assert.Equal(ErrorCode.NotFound, revoked.Error.Code);
    }

    [Fact]
    public async Task An_open_dataset_is_read_as_it_is_now_also_after_a_restart()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        await UntilReadAsync(site.Admin, scan.Id);
        string before = await Copied.ReadTextAsync(site.Admin, scan.Id, "a.txt");

        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "two"u8.ToArray(), ct: Ct);
        await zone.Admin.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        while (await Copied.ReadTextAsync(site.Admin, scan.Id, "a.txt") != "two")
        {
            await Task.Delay(50, Ct);
        }

        await site.RestartAsync();
        string after = await Copied.ReadTextAsync(site.Admin, scan.Id, "a.txt");

        Assert.Equal(("one", "two"), (before, after));
    }

    [Fact]
    public async Task What_its_home_never_gives_away_is_refused_in_the_words_of_the_home_and_other_datasets_are_read_on()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        DatasetInfo scratch = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scratch", TransientDays = 3 }, Ct);
        await UntilReadAsync(site.Admin, scan.Id);

        var refused = await Assert.ThrowsAsync<HutchException>(() => UntilReadAsync(site.Admin, scratch.Id));
        await site.Admin.GetDatasetAsync(scan.Id, Ct);

        Assert.Equal(ErrorCode.Unprocessable, refused.Error.Code);
        Assert.Contains("is temporary, and temporary data are not copied to other sites", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_home_what_was_read_of_fixed_versions_is_read_on_and_everything_else_is_503()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await zone.Admin.PutEntryAsync(scan.Id, "b.txt", "two"u8.ToArray(), ct: Ct);
        await zone.Admin.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        await UntilReadAsync(site.Admin, scan.Id);
        string path = $"datasets/{scan.Id}/entries/";
        string before = await Copied.AnswerAsync(site.Address, site.AdminToken, path + "a.txt?at=@1");

        await zone.StopAsync();
        string after = await Copied.AnswerAsync(site.Address, site.AdminToken, path + "a.txt?at=@1");
        string other = await Copied.AnswerAsync(site.Address, site.AdminToken, path + "b.txt?at=@1");
        string head = await UntilAwayAsync(site, path + "a.txt");
        await zone.StartAgainAsync();

        Assert.StartsWith("200", before, StringComparison.Ordinal);
        Assert.Equal(before, after);
        Assert.StartsWith("503", other, StringComparison.Ordinal);
        Assert.Contains("Retry-After", head, StringComparison.Ordinal);
        Assert.Contains("admin/scan is at home at another site, from which it cannot be read now.", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_without_a_valid_token_issued_for_it_reads_no_history()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        using var curious = new Intruder(await zone.InviteAsync("curious"));
        await curious.JoinAsync();
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        CreatedToken elsewhere = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "compute", Scopes = ["read"] }, Ct);
        CreatedToken own = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "curious", Scopes = ["read"] }, Ct);

        Result<bool> nobody = await curious.ReadHistoryAsync(scan.Id, null);
        Result<bool> stolen = await curious.ReadHistoryAsync(scan.Id, elsewhere.Id);
        Result<bool> used = await curious.ReadHistoryAsync(scan.Id, own.Id);
        await zone.Admin.RevokeTokenAsync(own.Id, Ct);
        Result<bool> revoked = await curious.ReadHistoryAsync(scan.Id, own.Id);

        Assert.Equal(ErrorCode.Unauthenticated, nobody.Error!.Code);
        Assert.Equal("There is no valid token with this id for this site.", stolen.Error!.Message);
        Assert.True(used.IsOk, used.Error?.Message);
        Assert.Equal(stolen.Error, revoked.Error);
    }

    [Fact]
    public async Task A_dataset_that_a_rule_keeps_away_from_a_site_is_not_given_to_it_for_any_reader()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var curious = new Intruder(await zone.InviteAsync("curious"));
        await curious.JoinAsync();
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        CreatedToken token = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "curious", Scopes = ["read"] }, Ct);

        Result<bool> before = await curious.ReadHistoryAsync(scan.Id, token.Id);
        await zone.Admin.AddRuleAsync(scan.Id, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);
        Result<bool> kept = await curious.ReadHistoryAsync(scan.Id, token.Id);

        Assert.True(before.IsOk, before.Error?.Message);
        Assert.Equal(ErrorCode.NotFound, kept.Error!.Code);
    }

    /// <summary>Waits until a site has heard of a dataset and of who may read it.</summary>
    private static async Task<DatasetInfo> UntilReadAsync(HutchClient at, DatasetId id)
    {
        while (true)
        {
            try
            {
                return await at.GetDatasetAsync(id, Ct);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    /// <summary>Asks until what the site knew a moment ago counts no more.</summary>
    private static async Task<string> UntilAwayAsync(SiteServer site, string path)
    {
        while (true)
        {
            string answer = await Copied.AnswerAsync(site.Address, site.AdminToken, path);
            if (!answer.StartsWith("200", StringComparison.Ordinal))
            {
                return answer;
            }

            await Task.Delay(50, Ct);
        }
    }
}
