using System.Net.Http.Headers;
using System.Text.Json;
using Hutch.Client;
using Hutch.Client.Fetch;
using Hutch.Client.Transfers;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>The doors of a site that has no copy of a public dataset answer as those of its home do.</summary>
public sealed class ReadDoorTests
{
    /// <summary>What only the zone says, or the home, or each site of itself.</summary>
    private static readonly string[] OfZone = ["copies", "rules", "eviction", "publication", "access-requests", "downloads"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_can_be_read_of_a_dataset_at_its_home_can_be_read_at_another_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync(hasAllDoors: true);
        await using SiteServer site = await SiteServer.StartAsync("new", hasAllDoors: true);
        await site.JoinAsync(zone, "archive");
        DatasetId id = await MakeAsync(zone.Admin);
        string folder = Directory.CreateTempSubdirectory("hutch-clone-").FullName;

        foreach (string path in (await PathsAsync(zone)).Where(static path => !OfZone.Contains(path.Split('/')[0])))
        {
            Assert.Equal((path, await StatusAsync(zone, id, path)), (path, await StatusAsync(site, id, path)));
        }

        foreach ((string method, string path) in new[]
        {
            ("GET", "/admin.scan?list-type=2"), ("GET", "/admin.scan?list-type=2&prefix=raw/&delimiter=/"), ("HEAD", "/admin.scan"),
            ("GET", "/admin.scan/raw/one.bin"), ("HEAD", "/admin.scan/raw/one.bin"), ("GET", "/admin.scan.at.1/readme.txt"),
            ("GET", "/admin.scan/nothing"), ("GET", $"/{id}/readme.txt"),
        })
        {
            Assert.Equal((path, await AskS3Async(zone, method, path)), (path, await AskS3Async(site, method, path)));
        }

        CloneOutcome cloned = await new CloneEngine(site.Admin, NoProgress.Instance, TimeProvider.System).RunAsync(
            await site.Admin.ResolveAsync("admin/scan", Ct), null, Path.Combine(folder, "scan"), new CloneOptions(), Ct);

        Assert.Equal(Copied.Bytes(600_000, 1), await File.ReadAllBytesAsync(Path.Combine(cloned.Folder, "raw", "one.bin"), Ct));
        Assert.Equal("one\n", await File.ReadAllTextAsync(Path.Combine(cloned.Folder, "readme.txt"), Ct));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A public dataset with a few files.</summary>
    private static async Task<DatasetId> MakeAsync(HutchClient at)
    {
        DatasetInfo made = await at.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await at.PutEntryAsync(made.Id, "readme.txt", "one\n"u8.ToArray(), ct: Ct);
        await at.PutEntryAsync(made.Id, "empty", ReadOnlyMemory<byte>.Empty, ct: Ct);
        await at.PutEntryAsync(made.Id, "raw/one.bin", Copied.Bytes(600_000, 1), ct: Ct);
        await at.PatchDatasetAsync(made.Id, new PatchDataset { Visibility = "public" }, Ct);
        await at.CreateSnapshotAsync(made.Id, new CreateSnapshot(), Ct);
        return made.Id;
    }

    /// <summary>What somebody without a key gets: status, the headers that must be the same everywhere, and the body.</summary>
    private static async Task<string> AskS3Async(SiteServer server, string method, string path)
    {
        using var http = new HttpClient { BaseAddress = server.S3Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage answer = await http.SendAsync(request, Ct);
        string body = answer.IsSuccessStatusCode ? Convert.ToHexString(await answer.Content.ReadAsByteArrayAsync(Ct)) : "";
        return $"{(int)answer.StatusCode} {answer.Headers.ETag} {answer.Content.Headers.LastModified} {answer.Content.Headers.ContentType} {body}";
    }

    private static async Task<int> StatusAsync(SiteServer server, DatasetId id, string path)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/datasets/{id}/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken);
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        return (int)answer.StatusCode;
    }

    /// <summary>Every path of the REST interface that is read, and about a dataset.</summary>
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
                    .Replace("{ref}", "1", StringComparison.Ordinal)),
        ];
    }
}
