using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Writing;

/// <summary>What somebody changes at a site that is not the home of a dataset is changed at the home, and answered by it.</summary>
public sealed class PassedWriteTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Here => sites.Archive.Admin;

    private HutchClient Home => sites.Zone.Admin;

    [Fact]
    public async Task A_change_at_a_site_is_stored_at_the_home_before_the_site_answers()
    {
        DatasetId id = await MakeKnownAsync("changed");

        await Here.PutEntryAsync(id, "dir/Größe 100%.txt", "two"u8.ToArray(), ct: Ct);
        await Here.DeleteEntryAsync(id, "a.txt", Ct);
        await Here.PutMetadataAsync(id, "{ \"energy\": 12.4 }"u8.ToArray(), null, Ct);
        SnapshotInfo taken = await Here.CreateSnapshotAsync(id, new CreateSnapshot { Message = "Elsewhere" }, Ct);
        await Here.PutTagAsync(id, "v1", new PutTag { Snapshot = taken.Number }, Ct);
        await Here.PatchDatasetAsync(id, new PatchDataset { Title = "A title" }, Ct);
        DatasetInfo closed = await Here.CloseDatasetAsync(id, new CloseDataset(), Ct);

        DatasetInfo there = await Home.GetDatasetAsync(id, Ct);
        Assert.Equal("two", await Copied.ReadTextAsync(Home, id, "dir/Größe 100%.txt"));
        Assert.Equal(404, await StatusAsync(sites.Zone, id, "entries/a.txt"));
        Assert.Equal(taken.Root, (await Home.GetSnapshotAsync(id, "v1", Ct)).Root);
        Assert.Equal(("closed", "A title"), (there.State, there.Title));
        Assert.Equal(there.State, closed.State);
    }

    [Fact]
    public async Task A_copy_is_changed_through_its_site_too()
    {
        DatasetId id = await sites.MakeCopiedAsync("copied");

        await Here.PutEntryAsync(id, "b.txt", "two"u8.ToArray(), ct: Ct);

        Assert.Equal("two", await Copied.ReadTextAsync(Home, id, "b.txt"));
    }

    [Fact]
    public async Task A_temporary_dataset_is_kept_through_a_site_by_the_id_in_the_refusal()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "short-lived", days: 3);
        await Home.PutEntryAsync(id, "a.txt", "only here"u8.ToArray(), ct: Ct); // What a lasting dataset has too is not copied.
        HutchError refused = await UntilRefusedAsync("admin/short-lived", ErrorCode.Unprocessable);

        KeepInfo kept = await Here.KeepDatasetAsync(id, Ct);

        Assert.Equal(id.ToString(), refused.Details!["dataset"]);
        Assert.Equal((1, 9), (kept.Files, kept.Bytes));
        Assert.Null((await Home.GetDatasetAsync(id, Ct)).Expires);
    }

    [Fact]
    public async Task What_was_deleted_is_restored_through_a_site_without_a_copy_by_the_id_that_its_refusal_says()
    {
        DatasetId id = await MakeKnownAsync("put-back");
        await Home.DeleteDatasetAsync(id, Ct);
        HutchError refused = await UntilRefusedAsync("admin/put-back", ErrorCode.InTrash);

        DatasetInfo restored = await Here.RestoreDatasetAsync(id, Ct);

        Assert.Equal(id.ToString(), refused.Details!["dataset"]);
        Assert.Equal("open", restored.State);
        Assert.Equal("open", (await Home.GetDatasetAsync(id, Ct)).State);
    }

    [Fact]
    public async Task A_push_through_a_site_arrives_at_the_home()
    {
        DatasetId id = await MakeKnownAsync("pushed");
        byte[] large = Copied.Bytes((9 << 20) + 5, 7);
        PushSession push = await Here.StartPushAsync(id, new StartPush(), Ct);

        HttpStatusCode sent = await UploadAsync(push, large);
        PushSession? state = await Here.GetPushAsync(push.Id, Ct);

        Assert.Equal(HttpStatusCode.NoContent, sent);
        Assert.Equal(push.Id, state?.Id);
        Assert.Equal(push.Id, (await Home.GetPushAsync(push.Id, Ct))?.Id);
    }

    [Fact]
    public async Task A_refusal_of_the_home_comes_back_in_its_own_words()
    {
        DatasetId id = await MakeKnownAsync("refused");
        await Home.CloseDatasetAsync(id, new CloseDataset(), Ct);

        var there = await Assert.ThrowsAsync<HutchException>(() => Home.PutEntryAsync(id, "b.txt", "two"u8.ToArray(), ct: Ct));
        var here = await Assert.ThrowsAsync<HutchException>(() => Here.PutEntryAsync(id, "b.txt", "two"u8.ToArray(), ct: Ct));

        Assert.Equal((there.Error.Code, there.Error.Message), (here.Error.Code, here.Error.Message));
    }

    [Fact]
    public async Task A_body_that_comes_slowly_keeps_no_other_waiting()
    {
        DatasetId id = await MakeKnownAsync("slow");
        var slow = new Pipe();
        await slow.Writer.WriteAsync("half"u8.ToArray(), Ct);
        Task<HttpStatusCode> first = PutAsync(id, "slow.txt", new StreamContent(slow.Reader.AsStream()));

        for (int i = 0; i < 40; i++)
        {
            await Here.PutEntryAsync(id, $"quick-{i}.txt", "two"u8.ToArray(), ct: Ct);
        }

        Assert.False(first.IsCompleted);
        await slow.Writer.WriteAsync(" done"u8.ToArray(), Ct);
        await slow.Writer.CompleteAsync();
        Assert.Equal(HttpStatusCode.Created, await first);
        Assert.Equal("half done", await Copied.ReadTextAsync(Home, id, "slow.txt"));
    }

    [Fact]
    public async Task A_site_that_lies_changes_nothing_with_tokens_that_are_not_its_own_and_reaches_nothing_else()
    {
        DatasetId id = await MakeKnownAsync("lied");
        string other = (await Home.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read", "write"] }, Ct)).Id;
        using var liar = new Intruder(await sites.Zone.InviteAsync("liar"));
        Assert.True((await liar.JoinAsync()).IsOk);
        SiteClient home = liar.Client;
        string own = (await Home.CreateTokenAsync(new CreateToken { Site = "liar", Scopes = ["read", "write"] }, Ct)).Id;

        HttpStatusCode[] refused =
        [
            await SendAsync(home, HttpMethod.Put, $"datasets/{id}/entries/b.txt", other),
            await SendAsync(home, HttpMethod.Put, $"datasets/{id}/entries/b.txt", "ffffffffffffffff"),
            await SendAsync(home, HttpMethod.Post, $"datasets/{id}/close", own),
            await SendAsync(home, HttpMethod.Post, "tokens", own),
            await SendAsync(home, HttpMethod.Get, "me", own),
            await SendAsync(home, HttpMethod.Put, $"datasets/{id}/grants/public", own),
        ];
        HttpStatusCode written = await SendAsync(home, HttpMethod.Put, $"datasets/{id}/entries/c.txt", own);
        await Home.RevokeTokenAsync(own, Ct);
        HttpStatusCode revoked = await SendAsync(home, HttpMethod.Put, $"datasets/{id}/entries/d.txt", own);

        Assert.Equal(
            [
                HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden,
                HttpStatusCode.Forbidden, HttpStatusCode.Forbidden,
            ],
            refused);
        Assert.Equal(HttpStatusCode.Created, written);
        Assert.Equal(HttpStatusCode.Unauthorized, revoked);
    }

    [Fact]
    public async Task A_site_cannot_use_the_role_behind_a_token_on_datasets_with_other_homes()
    {
        using HutchClient owner = sites.Zone.With((await Home.CreateUserAsync(new CreateUser { Name = "rolled" }, Ct)).Token!);
        DatasetId kept = await TwoSites.MakeAsync(owner, "kept");
        DatasetId trashed = await TwoSites.MakeAsync(owner, "trashed");
        await owner.DeleteDatasetAsync(trashed, Ct);
        using var taker = new Intruder(await sites.Zone.InviteAsync("taker"));
        Assert.True((await taker.JoinAsync()).IsOk);
        string role = (await Home.CreateTokenAsync(
            new CreateToken { Site = "taker", Scopes = ["read", "write", "manage", "admin"] }, Ct)).Id;

        HttpStatusCode[] refused =
        [
            await SendAsync(taker.Client, HttpMethod.Delete, $"datasets/{kept}", role),
            await SendAsync(taker.Client, HttpMethod.Post, $"datasets/{trashed}/restore", role),
            await SendAsync(taker.Client, HttpMethod.Post, $"datasets/{kept}/purge", role),
            await SendAsync(taker.Client, HttpMethod.Put, $"datasets/{kept}/owner", role),
        ];
        Result<bool> read = await taker.ReadHistoryAsync(kept, role);

        Assert.Equal(
            [HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden], refused);
        Assert.Equal(ErrorCode.NotFound, read.Error?.Code);
        Assert.Equal(("open", "trash"), ((await owner.GetDatasetAsync(kept, Ct)).State, (await owner.GetDatasetAsync(trashed, Ct)).State));
    }

    private static async Task<HttpStatusCode> SendAsync(SiteClient home, HttpMethod method, string path, string token)
    {
        using var message = new HttpRequestMessage(method, new Uri($"https://{home.Address}{SiteProtocol.Forwarded}/api/v1/{path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = method == HttpMethod.Get ? null : new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        message.Headers.Add(SiteProtocol.TokenHeader, token);
        using HttpResponseMessage answer = await home.SendAsync(message, Ct);
        return answer.StatusCode;
    }

    /// <summary>Waits until the site refuses to show a dataset for a reason.</summary>
    private async Task<HutchError> UntilRefusedAsync(string name, ErrorCode code)
    {
        while (true)
        {
            try
            {
                await Here.ResolveAsync(name, Ct);
            }
            catch (HutchException e) when (e.Error.Code == code)
            {
                return e.Error;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                // The site has not heard of it.
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Makes a dataset at the home, and waits until the site has heard of it.</summary>
    private async Task<DatasetId> MakeKnownAsync(string name)
    {
        DatasetId id = await TwoSites.MakeAsync(Home, name);
        while (await StatusAsync(sites.Archive, id, "") == 404)
        {
            await Task.Delay(20, Ct);
        }

        return id;
    }

    private async Task<HttpStatusCode> UploadAsync(PushSession push, byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.Add(HutchHeaders.UploadOffset, "0");
        return await RequestAsync(sites.Archive, HttpMethod.Patch, $"sessions/{push.Id}/blobs/{BlobHash.Compute(bytes)}?size={bytes.Length}", content);
    }

    private Task<HttpStatusCode> PutAsync(DatasetId id, string path, HttpContent content) =>
        RequestAsync(sites.Archive, HttpMethod.Put, $"datasets/{id}/entries/{path}", content);

    private static async Task<int> StatusAsync(SiteServer server, DatasetId id, string path) =>
        (int)await RequestAsync(server, HttpMethod.Get, $"datasets/{id}/{path}".TrimEnd('/'), null);

    private static async Task<HttpStatusCode> RequestAsync(SiteServer server, HttpMethod method, string path, HttpContent? content)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(method, "api/v1/" + path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken);
        using HttpResponseMessage answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}
