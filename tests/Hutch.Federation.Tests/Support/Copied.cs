using System.Net.Http.Headers;
using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Federation.Tests.Support;

/// <summary>Datasets that are copied from site to site, and what both say of them.</summary>
internal static class Copied
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Bytes that depend on a number only.</summary>
    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Makes a dataset with small, middle and large files, in directories, with metadata, snapshots and a tag.</summary>
    public static async Task<DatasetId> MakeAsync(HutchClient at, string name)
    {
        DatasetInfo made = await at.CreateDatasetAsync(new CreateDataset { Name = name, Title = "A scan" }, Ct);
        await at.PutEntryAsync(made.Id, "readme.txt", "Größe: 4 µm\n"u8.ToArray(), contentType: "text/plain", ct: Ct);
        await at.PutEntryAsync(made.Id, "empty", ReadOnlyMemory<byte>.Empty, ct: Ct);
        await at.CreateSnapshotAsync(made.Id, new CreateSnapshot { Message = "The first" }, Ct);
        await at.PutTagAsync(made.Id, "v1", new PutTag { Snapshot = 1 }, Ct);
        for (int i = 0; i < 80; i++)
        {
            await at.PutEntryAsync(
                made.Id, $"raw/frame-{i:000}.bin", Bytes(1000 + i, i), metadata: new Dictionary<string, string> { ["frame"] = $"{i}" }, ct: Ct);
        }

        await at.PutEntryAsync(made.Id, "raw/deep/er/middle.bin", Bytes(3 << 20, 100), ct: Ct);
        await at.PutEntryAsync(made.Id, "large.bin", Bytes((17 << 20) + 5, 101), ct: Ct);
        await at.PutMetadataAsync(made.Id, "{ \"energy\": 12.4 }"u8.ToArray(), null, Ct);
        return made.Id;
    }

    /// <summary>Waits until a site says that it has a copy of a dataset as the home is now.</summary>
    public static Task<CopyInfo> UntilCompleteAsync(HutchClient zone, DatasetId dataset, string site, long snapshot) =>
        UntilAsync(zone, dataset, site, copy => copy.State == "complete" && copy.Snapshot >= snapshot);

    /// <summary>Waits until the zone says that a site is the home of a dataset: until then it passes on what is written there.</summary>
    public static async Task UntilHomeAsync(HutchClient zone, DatasetId dataset, string site)
    {
        while ((await zone.GetCopiesAsync(dataset, Ct)).Home != site)
        {
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>Waits until a site is the home of a dataset by its own records, and so decides what is written there.</summary>
    public static async Task UntilTakenAsync(SiteServer site, DatasetId dataset)
    {
        while (await site.Site.HomeMoves.FindAsync(dataset, Ct) is not { Copy: null })
        {
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>Waits until what a site says of a copy is so.</summary>
    public static async Task<CopyInfo> UntilAsync(HutchClient zone, DatasetId dataset, string site, Func<CopyInfo, bool> holds)
    {
        while (true)
        {
            // A rule's copy is not there before the rule was looked at.
            CopyInfo? copy = (await zone.GetCopiesAsync(dataset, Ct)).Items.SingleOrDefault(one => one.Site == site);
            if (copy is not null && holds(copy))
            {
                return copy;
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>The bytes of a file as text.</summary>
    public static async Task<string> ReadTextAsync(HutchClient at, DatasetId dataset, string path)
    {
        using HttpResponseMessage answer = await at.OpenEntryAsync(dataset, null, path, 0, Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>The pages of the runs of a dataset as a server lists them, by their ids.</summary>
    public static async Task<List<string[]>> RunPagesAsync(Uri server, string token, DatasetId dataset, int limit)
    {
        var pages = new List<string[]>();
        string? cursor = "";
        while (cursor is not null)
        {
            string answer = await AnswerAsync(server, token, $"runs?dataset={dataset}&limit={limit}&cursor={cursor}");
            using var page = JsonDocument.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..]);
            JsonElement items = page.RootElement.GetProperty("items");
            Assert.InRange(items.GetArrayLength(), 0, limit);
            pages.Add([.. items.EnumerateArray().Select(static one => one.GetProperty("id").GetString()!)]);
            cursor = page.RootElement.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }

        return pages;
    }

    /// <summary>An answer of the REST door, to nobody without a token: status, the headers that must be the same everywhere, and the body.</summary>
    public static async Task<string> AnswerAsync(Uri server, string token, string path)
    {
        using var http = new HttpClient { BaseAddress = server };
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/" + path);
        request.Headers.Authorization = token.Length > 0 ? new AuthenticationHeaderValue("Bearer", token) : null;
        using HttpResponseMessage answer = await http.SendAsync(request, Ct);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(Ct);
        IEnumerable<string> headers = answer.Headers.Concat(answer.Content.Headers)
            .Where(static header => header.Key is not ("Date" or "X-Request-ID" or "Age"))
            .OrderBy(static header => header.Key, StringComparer.Ordinal)
            .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}");
        string shown = body.Length < 100_000 ? System.Text.Encoding.UTF8.GetString(body) : BlobHash.Compute(body).ToString();
        return $"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n\n{shown}";
    }
}
