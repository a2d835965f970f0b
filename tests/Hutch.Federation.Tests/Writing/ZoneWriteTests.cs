using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Federation.Tests.Writing;

/// <summary>
/// What somebody changes at the zone's own site of a dataset that is at home at another one is changed there, with tokens and sessions of the
/// zone.
/// </summary>
public sealed class ZoneWriteTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Zone => sites.Zone.Admin;

    private HutchClient Home => sites.Archive.Admin;

    [Fact]
    public async Task A_change_at_the_zone_is_stored_at_the_home_before_the_answer_and_readable_at_once()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "changed");

        await Zone.PutEntryAsync(id, "dir/Größe 100%.txt", "two"u8.ToArray(), ct: Ct);
        Assert.Equal("two", await Copied.ReadTextAsync(Zone, id, "dir/Größe 100%.txt"));
        await Zone.DeleteEntryAsync(id, "a.txt", Ct);
        Assert.StartsWith("404", await AnswerAsync(id, "entries/a.txt"), StringComparison.Ordinal);
        await Zone.PutMetadataAsync(id, "{ \"energy\": 12.4 }"u8.ToArray(), null, Ct);
        Assert.EndsWith("{ \"energy\": 12.4 }", await AnswerAsync(id, "metadata"), StringComparison.Ordinal);
        SnapshotInfo taken = await Zone.CreateSnapshotAsync(id, new CreateSnapshot { Message = "Elsewhere" }, Ct);
        await Zone.PutTagAsync(id, "v1", new PutTag { Snapshot = taken.Number }, Ct);
        Assert.Equal(taken.Root, (await Zone.GetSnapshotAsync(id, "v1", Ct)).Root);
        await Zone.PatchDatasetAsync(id, new PatchDataset { Title = "A title" }, Ct);
        Assert.Equal("A title", (await Zone.GetDatasetAsync(id, Ct)).Title);
        DatasetInfo closed = await Zone.CloseDatasetAsync(id, new CloseDataset(), Ct);

        DatasetInfo there = await Home.GetDatasetAsync(id, Ct);
        Assert.Equal("two", await Copied.ReadTextAsync(Home, id, "dir/Größe 100%.txt"));
        Assert.Equal(taken.Root, (await Home.GetSnapshotAsync(id, "v1", Ct)).Root);
        Assert.Equal(("closed", "closed", "A title"), (closed.State, there.State, there.Title));
    }

    [Fact]
    public async Task A_dataset_with_a_copy_at_the_zone_is_changed_and_deleted_through_the_zone()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "copied");
        await Home.CreateSnapshotAsync(id, new CreateSnapshot { Message = "First" }, Ct);
        await Zone.RequestCopyAsync(id, new AskCopy { Site = "facility" }, Ct);
        await Copied.UntilCompleteAsync(Zone, id, "facility", 1);

        await Zone.PutEntryAsync(id, "b.txt", "two"u8.ToArray(), ct: Ct);
        string read = await Copied.ReadTextAsync(Zone, id, "b.txt");
        await Zone.DeleteDatasetAsync(id, Ct);

        Assert.Equal("two", read);
        Assert.Equal("trash", (await Home.GetDatasetAsync(id, Ct)).State);
    }

    [Fact]
    public async Task A_push_through_the_zone_arrives_at_the_home()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "pushed");
        byte[] large = Copied.Bytes((9 << 20) + 5, 7);
        PushSession push = await Zone.StartPushAsync(id, new StartPush(), Ct);

        var content = new ByteArrayContent(large);
        content.Headers.Add(HutchHeaders.UploadOffset, "0");
        using HttpResponseMessage sent = await RequestAsync(
            HttpMethod.Patch, $"sessions/{push.Id}/blobs/{BlobHash.Compute(large)}?size={large.Length}", content, sites.Zone.AdminToken);

        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        Assert.Equal(push.Id, (await Zone.GetPushAsync(push.Id, Ct))?.Id);
        Assert.Equal(push.Id, (await Home.GetPushAsync(push.Id, Ct))?.Id);
    }

    [Fact]
    public async Task A_portal_session_at_the_zone_changes_datasets_with_other_homes()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "browsed");
        CreatedLoginLink link = await Zone.CreateLoginLinkAsync("admin", Ct);
        using var browser = new HttpClient { BaseAddress = sites.Zone.Address };
        browser.DefaultRequestHeaders.Add("X-Hutch-Request", "portal");
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        using var code = JsonContent.Create(new { code = link.Url.ToString().Split("code=")[1] });
        (await browser.PostAsync(new Uri("api/v1/login/link", UriKind.Relative), code, Ct)).EnsureSuccessStatusCode();

        using HttpResponseMessage put = await browser.PutAsync(
            new Uri($"api/v1/datasets/{id}/entries/b.txt", UriKind.Relative), new StringContent("two"), Ct);
        string read = await browser.GetStringAsync(new Uri($"api/v1/datasets/{id}/entries/b.txt", UriKind.Relative), Ct);

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal("two", read);
        Assert.Equal("two", await Copied.ReadTextAsync(Home, id, "b.txt"));
    }

    [Fact]
    public async Task A_new_account_writes_at_once_to_datasets_just_granted_and_to_no_others()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "given");
        DatasetId other = await TwoSites.MakeAsync(Home, "not-given");
        CreatedUser user = await Zone.CreateUserAsync(new CreateUser { Name = "new-one" }, Ct);
        await Zone.PutGrantAsync(id, "user:new-one", new PutGrant { Right = "write" }, Ct);
        await Zone.PutGrantAsync(other, "user:new-one", new PutGrant { Right = "read" }, Ct);
        HttpClient client = ClientOf(user.Token!);

        using HttpResponseMessage written = await PutAsync(client, id);
        using HttpResponseMessage refused = await PutAsync(client, other);

        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_token_for_one_dataset_reaches_no_other_through_the_zone()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "reached");
        DatasetId other = await TwoSites.MakeAsync(Home, "not-reached");
        CreatedToken narrow = await Zone.CreateTokenAsync(new CreateToken { Scopes = ["read", "write"], Dataset = id.ToString() }, Ct);
        HttpClient client = ClientOf(narrow.Token!);

        using HttpResponseMessage written = await PutAsync(client, id);
        using HttpResponseMessage refused = await PutAsync(client, other);

        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        Assert.False(refused.IsSuccessStatusCode);
        Assert.DoesNotContain("b.txt", (await Home.ListTreeAsync(other, null, null, null, null, null, ct: Ct)).Items.Select(e => e.Path));
    }

    [Fact]
    public async Task A_token_that_is_revoked_while_the_body_comes_changes_nothing()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "revoked");
        CreatedToken token = await Zone.CreateTokenAsync(new CreateToken { Scopes = ["read", "write"] }, Ct);
        var slow = new Pipe();
        await slow.Writer.WriteAsync("half"u8.ToArray(), Ct);
        Task<HttpResponseMessage> put = RequestAsync(
            HttpMethod.Put, $"datasets/{id}/entries/b.txt", new StreamContent(slow.Reader.AsStream()), token.Token!);

        await Zone.PutEntryAsync(id, "c.txt", "three"u8.ToArray(), ct: Ct);
        await Zone.RevokeTokenAsync(token.Id, Ct);
        await slow.Writer.WriteAsync(" done"u8.ToArray(), Ct);
        await slow.Writer.CompleteAsync();
        using HttpResponseMessage answer = await put;

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.StartsWith("404", await Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, $"datasets/{id}/entries/b.txt"));
    }

    [Fact]
    public async Task A_running_write_continues_past_the_first_expiry_of_a_step_that_the_zone_renewed()
    {
        Authenticator authenticator = sites.Archive.Zone.Authenticator;
        Caller admin = (await authenticator.ForSiteAsync("admin", TokenScope.Full, Ct)).Value;
        var step = new TokenRecord(
            "0123456789abcdef", admin.UserId, "step", default, admin.Scope, default, DateTimeOffset.UtcNow.AddMinutes(-1), null, null);

        Result<Caller> still = await authenticator.RefreshAsync(
            Caller.ForTokenAt(sites.Archive.Zone.Id, admin.User!, [], admin.Roles, step, isTrusted: true), Ct);

        Assert.True(still.IsOk);
    }

    [Fact]
    public async Task Without_the_home_it_is_refused_and_nothing_waits()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "away");
        await sites.Archive.StopAsync();

        HutchError refused = (await Assert.ThrowsAsync<HutchException>(
            () => Zone.PutEntryAsync(id, "b.txt", "two"u8.ToArray(), ct: Ct))).Error;
        await sites.Archive.StartAgainAsync();

        Assert.Equal(ErrorCode.Unavailable, refused.Code);
        Assert.StartsWith("404", await Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, $"datasets/{id}/entries/b.txt"));
    }

    [Fact]
    public async Task Only_the_zone_can_forward_a_caller()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "vouched");
        using var liar = new Intruder(await sites.Zone.InviteAsync("liar"));
        Assert.True((await liar.JoinAsync()).IsOk);
        PrincipalId admin = (await sites.Zone.Zone.Authenticator.ForWorkAsync("admin", TokenScope.Full, Ct)).Value.UserId;
        var said = new ForwardedCaller(admin, "ffffffffffffffff", TokenScope.Full, null);
        using SiteClient home = await liar.DialAsync(sites.Zone, "archive");

        using var message = new HttpRequestMessage(
            HttpMethod.Put, new Uri($"https://{home.Address}{SiteProtocol.Forwarded}/api/v1/datasets/{id}/entries/b.txt"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("lie"),
        };
        message.Headers.Add(SiteProtocol.CallerHeader, said.ToString());
        message.Headers.Add(SiteProtocol.SequenceHeader, "1");
        using HttpResponseMessage answer = await home.SendAsync(message, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_new_owner_is_asked_for_room_by_the_quotas_of_the_home()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "heavy");
        await Home.PutEntryAsync(id, "b.bin", Copied.Bytes(5000, 1), ct: Ct);
        await sites.UserAsync("small");
        await Home.SetQuotaAsync("small", new SetQuota { Bytes = 1000 }, Ct);

        HutchError refused = (await Assert.ThrowsAsync<HutchException>(
            () => Zone.ChangeOwnerAsync(id, new ChangeOwner { Owner = "small" }, Ct))).Error;
        await Home.SetQuotaAsync("small", new SetQuota { Bytes = 100_000 }, Ct);
        DatasetInfo given = await Zone.ChangeOwnerAsync(id, new ChangeOwner { Owner = "small" }, Ct);

        Assert.Equal(ErrorCode.InsufficientStorage, refused.Code);
        Assert.Equal("small", given.Owner);
    }

    [Fact]
    public async Task An_heir_is_asked_for_room_for_all_that_is_handed_over_by_the_quotas_of_each_home()
    {
        await sites.UserAsync("leaver");
        await sites.UserAsync("heir");
        DatasetId[] given = [await TwoSites.MakeAsync(Home, "one"), await TwoSites.MakeAsync(Home, "two")];
        foreach (DatasetId id in given)
        {
            await Home.PutEntryAsync(id, "b.bin", Copied.Bytes(5000, 1), ct: Ct);
            await Zone.ChangeOwnerAsync(id, new ChangeOwner { Owner = "leaver" }, Ct);
        }

        await Home.SetQuotaAsync("heir", new SetQuota { Bytes = 8000 }, Ct);
        HutchError refused = (await Assert.ThrowsAsync<HutchException>(
            () => Zone.HandOverAsync("leaver", new HandOver { To = "heir" }, Ct))).Error;
        string kept = (await Zone.GetDatasetAsync(given[0], Ct)).Owner;
        await Home.SetQuotaAsync("heir", new SetQuota { Bytes = 20_000 }, Ct);
        HandOverInfo done = await Zone.HandOverAsync("leaver", new HandOver { To = "heir" }, Ct);

        Assert.Equal(ErrorCode.InsufficientStorage, refused.Code);
        Assert.Equal("leaver", kept);
        Assert.Equal(2, done.Datasets);
        Assert.Equal("heir", (await Zone.GetDatasetAsync(given[1], Ct)).Owner);
    }

    [Fact]
    public async Task What_only_the_home_knows_of_people_is_asked_there_and_downloads_are_those_of_the_site()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "personal");
        await sites.Archive.Site.Settings.SetAsync(id, "personal", "{\"user\":\"Ada\"}", "admin", Ct);

        string personal = await AnswerAsync(id, "personal");
        string downloads = await AnswerAsync(id, "downloads");

        Assert.EndsWith("{\"user\":\"Ada\"}", personal, StringComparison.Ordinal);
        Assert.StartsWith("200", downloads, StringComparison.Ordinal);
    }

    private Task<string> AnswerAsync(DatasetId id, string path) =>
        Copied.AnswerAsync(sites.Zone.Address, sites.Zone.AdminToken, $"datasets/{id}/{path}");

    private HttpClient ClientOf(string token)
    {
        var client = new HttpClient { BaseAddress = sites.Zone.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, DatasetId id) => client.PutAsync(
        new Uri($"api/v1/datasets/{id}/entries/b.txt", UriKind.Relative), new StringContent("two"), Ct);

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, HttpContent content, string token)
    {
        using HttpClient http = ClientOf(token);
        using var request = new HttpRequestMessage(method, "api/v1/" + path) { Content = content };
        return await http.SendAsync(request, Ct);
    }
}
