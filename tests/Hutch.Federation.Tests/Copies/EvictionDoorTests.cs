using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Federation.Tests.Copies;

/// <summary>Every door answers of a dataset whose bytes another site holds as it did when they were here.</summary>
public sealed class EvictionDoorTests : IAsyncLifetime
{
    private static readonly byte[] Bytes = Copied.Bytes(600_000, 1);

    private SiteServer _home = null!;
    private SiteServer _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _home = await SiteServer.StartAsync(hasAllDoors: true);
        _archive = await SiteServer.StartAsync("new");
        await _archive.JoinAsync(_home, "archive");
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _home.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_doors_of_the_home_and_another_site_read_what_a_third_holds()
    {
        await using SiteServer reader = await SiteServer.StartAsync("third");
        await reader.JoinAsync(_home, "reader");
        DatasetId id = await MakeAsync();
        string link = (await _home.Admin.CreateLinkAsync(id, new CreateLink { Right = "read" }, Ct)).Token;
        string[] rest = [.. await PathsAsync(_home)];
        await UntilReadAsync(_home, link, id);
        await UntilReadAsync(reader, reader.AdminToken, id);
        List<string> before = await AnswersAsync(_home, link, id, rest);

        await EvictAsync(id);
        bool isHere = await _home.Site.Blobs.FindPermanentAsync(BlobHash.Compute(Bytes), Ct) is not null;
        List<string> after = await AnswersAsync(_home, link, id, rest);
        VerifyLine verified = await _home.Admin.VerifyAsync(id, "@1", Ct).LastAsync(Ct);
        byte[] elsewhere = await GetAsync(new Uri(reader.Address, $"api/v1/datasets/{id}/entries/raw/other.bin"), reader.AdminToken);

        Assert.False(isHere);
        Assert.Equal(before, after);
        Assert.True(verified.Ok, string.Join(' ', verified.Problems ?? []));
        Assert.Equal(Copied.Bytes(300_000, 2), elsewhere);
    }

    [Fact(Timeout = 60_000)]
    public async Task While_the_site_that_holds_it_is_away_the_doors_say_to_come_again_and_name_it()
    {
        DatasetId id = await MakeAsync();
        await EvictAsync(id);

        await _archive.StopAsync();
        string rest = await Copied.AnswerAsync(_home.Address, _home.AdminToken, $"datasets/{id}/entries/raw/one.bin");
        string listed = await Copied.AnswerAsync(_home.Address, _home.AdminToken, $"datasets/{id}/files?at=@1");
        using HttpResponseMessage s3 = await SendAsync(new Uri(_home.S3Address, "/admin.scan/raw/one.bin"), null);

        Assert.StartsWith("503", rest, StringComparison.Ordinal);
        Assert.Contains("none of the sites that hold them gives them now. archive: ", rest, StringComparison.Ordinal);
        Assert.StartsWith("200", listed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, s3.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_push_into_a_dataset_made_from_it_brings_the_bytes_that_are_not_here()
    {
        DatasetId id = await MakeAsync();
        DatasetInfo child = await _home.Admin.CreateDatasetAsync(
            new CreateDataset { Name = "child", Parents = [new ParentReference { Dataset = id.ToString() }] }, Ct);
        SiteDataset made = (await _home.Site.Evictions.FindAsync(child.Id, Ct))!;
        await EvictAsync(id);

        SiteSession session = (await _home.Site.Pushes.StartAsync(made.Id, null, "admin", Ct)).Value;
        Result<IReadOnlyList<BlobHash>> missing = await _home.Site.Negotiation.NegotiateAsync(
            session, [BlobHash.Compute(Bytes)], [(await _home.Site.Heads.ResolveAsync(id, null, Ct)).Value], Ct);

        Assert.Equal(BlobHash.Compute(Bytes), Assert.Single(missing.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task Datasets_in_the_trash_or_with_files_too_large_for_the_read_cache_are_not_evicted()
    {
        await using SiteServer small = await SiteServer.StartAsync("small", readCacheBytes: 1 << 20);
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(small, "archive");
        DatasetId id = (await small.Admin.CreateDatasetAsync(new CreateDataset { Name = "large" }, Ct)).Id;
        await small.Admin.PutEntryAsync(id, "large.bin", new byte[1_000_000], ct: Ct);
        await small.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);
        await small.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);

        HutchError tooLarge = await EvictRefusedAsync(small, id);
        await small.Admin.DeleteDatasetAsync(id, Ct);
        HutchError trashed = await EvictRefusedAsync(small, id);

        Assert.Contains("The file has 1.00 MB, and this site reads files of at most ", tooLarge.Message, StringComparison.Ordinal);
        Assert.Contains("sites.readCacheBytes", tooLarge.Code.Advice, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.InTrash, trashed.Code);
        Assert.Null((await small.Site.Evictions.FindAsync(id, Ct))!.Eviction);
    }

    private static async Task<HutchError> EvictRefusedAsync(SiteServer at, DatasetId id) =>
        (await Assert.ThrowsAsync<HutchException>(() => at.Admin.EvictAsync(id, new EvictDataset(), Ct))).Error;

    /// <summary>A public closed dataset of which the archive has a copy.</summary>
    private async Task<DatasetId> MakeAsync()
    {
        DatasetInfo made = await _home.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await _home.Admin.PutEntryAsync(made.Id, "readme.txt", "one\n"u8.ToArray(), ct: Ct);
        await _home.Admin.PutEntryAsync(made.Id, "empty", ReadOnlyMemory<byte>.Empty, ct: Ct);
        await _home.Admin.PutEntryAsync(made.Id, "raw/one.bin", Bytes, ct: Ct);
        await _home.Admin.PutEntryAsync(made.Id, "raw/other.bin", Copied.Bytes(300_000, 2), ct: Ct);
        await _home.Admin.CloseDatasetAsync(made.Id, new CloseDataset(), Ct);
        await _home.Admin.PatchDatasetAsync(made.Id, new PatchDataset { Visibility = "public" }, Ct);
        await _home.Admin.RequestCopyAsync(made.Id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(_home.Admin, made.Id, "archive", 1);
        return made.Id;
    }

    /// <summary>Gives up the bytes and frees them, without a restart.</summary>
    private async Task EvictAsync(DatasetId id)
    {
        Result<SiteDataset> wanted = await _home.Site.Evictions.RequestAsync(id, 1, "admin", Ct);
        Assert.True(wanted.IsOk, wanted.Error?.Message);
        while ((await _home.Site.Evictions.FindAsync(id, Ct))!.Eviction?.State != EvictionState.Evicted)
        {
            await Task.Delay(20, Ct);
        }

        await _home.Site.Engine.SealAsync(Ct);
        await _home.Site.Collector.CollectAsync(Ct);
    }

    private static async Task UntilReadAsync(SiteServer server, string token, DatasetId id)
    {
        string last = "";
        for (long began = Environment.TickCount64; Environment.TickCount64 - began < 30_000; await Task.Delay(20, Ct))
        {
            last = await Copied.AnswerAsync(server.Address, token, $"datasets/{id}/entries/readme.txt");
            if (last.StartsWith("200", StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"{server.Address} does not give the file: {last}");
    }

    /// <summary>What each door answers.</summary>
    private static async Task<List<string>> AnswersAsync(SiteServer home, string link, DatasetId id, string[] rest)
    {
        var answers = new List<string>();
        foreach (string path in rest)
        {
            using HttpResponseMessage answer = await SendAsync(new Uri(home.Address, $"api/v1/datasets/{id}/{path}"), home.AdminToken);
            answers.Add($"{path} {(int)answer.StatusCode}");
        }

        answers.Add(await Copied.AnswerAsync(home.Address, link, $"datasets/{id}/entries/raw/one.bin"));
        foreach (string path in new[] { "/admin.scan?list-type=2", "/admin.scan/raw/one.bin", $"/{id}/readme.txt", "/admin.scan.at.1/empty" })
        {
            answers.Add(Convert.ToHexString(await GetAsync(new Uri(home.S3Address, path), null)));
        }

        string key = $"git/{id}/annex/objects/SHA256-s{Bytes.Length}--{BlobHash.Compute(Bytes)}";
        answers.Add(BlobHash.Compute(await GetAsync(new Uri(home.Address, key), home.AdminToken, isBasic: true)).ToString());
        return answers;
    }

    private static async Task<byte[]> GetAsync(Uri address, string? token, bool isBasic = false)
    {
        using HttpResponseMessage answer = await SendAsync(address, token, isBasic);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Ct)}");
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    private static async Task<HttpResponseMessage> SendAsync(Uri address, string? token, bool isBasic = false)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = token is null ? null
            : isBasic ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + token)))
            : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, Ct);
    }

    /// <summary>Every path of the REST interface that is read and about a dataset, but for what only goes on.</summary>
    private static async Task<IReadOnlyList<string>> PathsAsync(SiteServer server)
    {
        const string Dataset = "/datasets/{id}/";
        using var http = new HttpClient { BaseAddress = server.Address };
        using var description = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json", Ct));
        return
        [
            .. description.RootElement.GetProperty("paths").EnumerateObject()
                .Where(static path => path.Value.TryGetProperty("get", out _) && path.Name.StartsWith(Dataset, StringComparison.Ordinal))
                .Select(static path => path.Name[Dataset.Length..].Replace("{path}", "readme.txt", StringComparison.Ordinal)
                    .Replace("{ref}", "1", StringComparison.Ordinal))
                .Where(static path => !path.Contains("events", StringComparison.Ordinal)),
        ];
    }
}
