using Hutch.Agent;
using Hutch.Catalog.Site;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Site.Write.Folders;

namespace Hutch.Federation.Tests.Reading;

/// <summary>A facility with its agent, which hashes nothing before it is told to, and a site that has joined it.</summary>
public sealed class UnhashedSites : IAsyncLifetime
{
    private readonly string _watched = Directory.CreateTempSubdirectory("hutch-agent-").FullName;

    internal SiteServer Facility { get; private set; } = null!;

    internal SiteServer Other { get; private set; } = null!;

    /// <summary>The public dataset of the folder, in which a metadata file and a movie are.</summary>
    internal DatasetId Dataset { get; private set; }

    internal static byte[] Movie { get; } = Copied.Bytes((9 << 20) + 7, 2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Session => Path.Combine(_watched, "session");

    /// <summary>Whether the cache of the other site has no room for the movie.</summary>
    private bool HasSmallCache { get; init; }

    /// <summary>Those of one test, which changes them.</summary>
    internal static async Task<UnhashedSites> StartAsync(bool hasSmallCache)
    {
        var sites = new UnhashedSites { HasSmallCache = hasSmallCache };
        await sites.InitializeAsync();
        return sites;
    }

    public async ValueTask InitializeAsync()
    {
        Facility = await SiteServer.StartAsync(
            hasAllDoors: true, folders: new FolderOptions { QuietSeconds = 86_400 },
            agent: new AgentOptions { Folders = [new WatchedFolderOptions { Watch = _watched, Visibility = "public" }] });

        Other = await SiteServer.StartAsync("new", hasAllDoors: true, readCacheBytes: HasSmallCache ? 12 << 20 : null);
        await Other.JoinAsync(Facility, "other");
        await WriteAsync("raw/movie.mrc", Movie);
        await WriteAsync("SPA.yml", "DataId: session\n"u8.ToArray());
        while (Dataset == default)
        {
            await Task.Delay(20, Ct);
            Dataset = (await Facility.Site.FolderRecords.InFolderAsync(Session, Ct))?.Id ?? default;
        }

        await UntilListedAsync(Facility, "raw/movie.mrc");
    }

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await Facility.DisposeAsync();
        Directory.Delete(_watched, recursive: true);
    }

    /// <summary>Puts a file into the folder, whole at once: the agent registers what it sees.</summary>
    internal async Task WriteAsync(string path, byte[] bytes)
    {
        string file = Path.Combine(Session, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(_watched + ".new", bytes, Ct);
        File.Move(_watched + ".new", file);
    }

    /// <summary>Waits until a site lists a file, with or without a hash.</summary>
    internal async Task<EntryInfo> UntilListedAsync(SiteServer site, string path, bool isPending = true)
    {
        while (true)
        {
            try
            {
                TreeListing list = await site.Admin.ListTreeAsync(Dataset, null, null, null, null, 1000, ct: Ct);
                if (list.Items.FirstOrDefault(one => one.Path == path && (one.Pending ?? false) == isPending) is { } found)
                {
                    return found;
                }
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                // It has not heard of the dataset yet.
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Hashes what waits, though it is young.</summary>
    internal async Task HashAsync()
    {
        foreach (FolderFile file in await Facility.Site.Records.ReadAsync(static queries => queries.FolderFilesToHash(default, 100), Ct))
        {
            byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(file.Folder, file.Path.Value), Ct);
            Assert.True((await Facility.Site.Folders.SetHashAsync(file, BlobHash.Compute(bytes), Ct)).IsOk);
        }
    }

    /// <summary>What the REST door of a site says of a file: status, headers and bytes.</summary>
    internal static async Task<string> RequestAsync(SiteServer site, DatasetId dataset, HttpMethod method, string path, string? range = null)
    {
        using var http = new HttpClient { BaseAddress = site.Address };
        return await RequestAsync(http, method, $"api/v1/datasets/{dataset}/{path}", range, site.AdminToken);
    }

    /// <summary>What the S3 door says to somebody without a key.</summary>
    internal static async Task<string> AskS3Async(SiteServer site, HttpMethod method, string path, string? range = null)
    {
        using var http = new HttpClient { BaseAddress = site.S3Address };
        return await RequestAsync(http, method, path, range, null);
    }

    private static async Task<string> RequestAsync(HttpClient http, HttpMethod method, string path, string? range, string? token)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        request.Headers.TryAddWithoutValidation("Range", range);
        request.Headers.TryAddWithoutValidation("x-amz-checksum-mode", "ENABLED");
        using HttpResponseMessage answer = await http.SendAsync(request, Ct);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(Ct);
        IEnumerable<string> headers = answer.Headers.Concat(answer.Content.Headers)
            .Where(static header => header.Key is not ("Date" or "X-Request-ID" or "Age" or "x-amz-request-id" or "x-amz-id-2"))
            .OrderBy(static header => header.Key, StringComparer.Ordinal)
            .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}");
        string shown = body.Length < 100_000 ? System.Text.Encoding.UTF8.GetString(body) : BlobHash.Compute(body).ToString();
        return answer.IsSuccessStatusCode
            ? $"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n\n{shown}"
            : $"{(int)answer.StatusCode} {shown.Split(["requestId", "RequestId"], StringSplitOptions.None)[0]}";
    }
}
