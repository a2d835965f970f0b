using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.Bench.Agent;

/// <summary>A real server that publishes the folders of one parent.</summary>
internal sealed class FacilityServer : IAsyncDisposable
{
    private readonly ServerProcess _server;
    private readonly HttpClient _http;

    private FacilityServer(ServerProcess server, HttpClient http) => (_server, _http) = (server, http);

    public int ProcessId => _server.ProcessId;

    /// <summary>Starts it.</summary>
    /// <param name="folder">For its data and its configuration.</param>
    /// <param name="parent">What it watches.</param>
    /// <param name="more">More options, such as <c>site.folders.quietSeconds=1</c>.</param>
    public static Task<FacilityServer> StartAsync(string folder, string parent, IEnumerable<string> more, CancellationToken ct) =>
        StartAsync(folder, parent, null, more, ct);

    /// <summary>Starts it.</summary>
    /// <param name="folder">For its data and its configuration.</param>
    /// <param name="parent">What it watches; null for nothing.</param>
    /// <param name="adopts">Below which folder it may adopt; null for none.</param>
    /// <param name="more">More options, such as <c>site.folders.quietSeconds=1</c>.</param>
    public static async Task<FacilityServer> StartAsync(
        string folder, string? parent, string? adopts, IEnumerable<string> more, CancellationToken ct)
    {
        string watches = parent is null ? "" : $"agent: {{folders: [{{watch: {parent}}}]}}\n";
        string roots = adopts is null ? "" : $"adopt: {{roots: [{adopts}]}}\n";
        int port = LoopbackPort.FindFree();
        string configuration = Path.Combine(folder, "hutch.yaml");
        await File.WriteAllTextAsync(
            configuration, $"server: {{publicUrl: 'http://127.0.0.1:{port}/'}}\n{watches}{roots}", ct);
        ServerProcess server = ServerProcess.Start(
            Path.Combine(folder, "data"), port, ["--config", configuration, .. more.SelectMany(option => (string[])["--set", option])]);
        await server.WaitReadyAsync(ct);
        var http = new HttpClient { BaseAddress = new Uri(server.Address, "api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await server.ReadAdminTokenAsync(ct));
        return new FacilityServer(server, http);
    }

    /// <summary>Adopts a RIA store, or plans to.</summary>
    public async Task AdoptAsync(string store, bool dryRun, CancellationToken ct)
    {
        using HttpResponseMessage adopted = await _http.PostAsJsonAsync("agent/adoptions", new { folder = store, store = true, dryRun }, ct);
        adopted.EnsureSuccessStatusCode();
    }

    /// <summary>The adopted folders as of their last scans.</summary>
    public async Task<JsonElement[]> AdoptedAsync(CancellationToken ct) =>
        [.. (await _http.GetFromJsonAsync<JsonElement>("agent/folders?adopted=true&limit=1000", ct)).GetProperty("items").EnumerateArray()];

    /// <summary>The id of the dataset of a folder, when its metadata file has it.</summary>
    public static async Task<string> DatasetAsync(string metadataFile, CancellationToken ct)
    {
        while (true)
        {
            string? space = (await File.ReadAllLinesAsync(metadataFile, ct)).FirstOrDefault(line => line.StartsWith("  Space: ", StringComparison.Ordinal));
            if (space is not null)
            {
                return space["  Space: ".Length..].Trim('"');
            }

            await Task.Delay(1, ct); // the agent writes the link into the file at a time of its own
        }
    }

    /// <summary>How many files of its one folder are registered, and wait to be hashed, as of the last look: asking costs it nothing.</summary>
    public async Task<(long Files, long ToHash)> LastLookAsync(CancellationToken ct)
    {
        JsonElement page = await _http.GetFromJsonAsync<JsonElement>("agent/folders", ct);
        JsonElement status = page.GetProperty("items")[0];
        return (status.GetProperty("files").GetInt64(), status.GetProperty("pendingHashes").GetInt64());
    }

    /// <summary>An answer of the interface, whole.</summary>
    public Task<byte[]> GetAsync(string path, CancellationToken ct) => _http.GetByteArrayAsync(new Uri(path, UriKind.Relative), ct);

    /// <summary>Makes it look at a folder, which costs as much as the folder is large.</summary>
    public async Task PokeAsync(string folder, CancellationToken ct)
    {
        using HttpResponseMessage poked = await _http.PostAsJsonAsync("agent/poke", new { folder }, ct);
        poked.EnsureSuccessStatusCode();
    }

    /// <summary>Whether a file of a dataset is hashed.</summary>
    public async Task<bool> IsHashedAsync(string dataset, string path, CancellationToken ct)
    {
        JsonElement page = await _http.GetFromJsonAsync<JsonElement>(
            $"datasets/{dataset}/tree?limit=1&prefix={Uri.EscapeDataString(path)}", ct);
        return page.GetProperty("items") is var items && items.GetArrayLength() > 0 && items[0].TryGetProperty("hash", out _);
    }

    /// <summary>How many bytes it has read so far, from files and everything else.</summary>
    public long BytesRead() => long.Parse(
        File.ReadLines($"/proc/{ProcessId}/io").First(line => line.StartsWith("rchar:", StringComparison.Ordinal))["rchar:".Length..],
        CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}
