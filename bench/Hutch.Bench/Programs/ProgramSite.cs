using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.Bench.Programs;

/// <summary>A real server with programs, whose commands do nothing: what is measured is the way to them.</summary>
internal sealed class ProgramSite : IAsyncDisposable
{
    private readonly ServerProcess _server;
    private readonly HttpClient _http;

    private ProgramSite(ServerProcess server, HttpClient http) => (_server, _http) = (server, http);

    /// <param name="folder">An empty folder, or that of an earlier server of the same site.</param>
    /// <param name="configuration">The section of programs beside the folder of documents.</param>
    public static async Task<ProgramSite> StartAsync(
        string folder, string configuration, Dictionary<string, string> environment, CancellationToken ct)
    {
        string file = Path.Combine(folder, "hutch.yaml");
        await File.WriteAllTextAsync(
            file, $"programs:\n  folder: {folder}/programs\n  maxRunningPerAccount: 100000\n{configuration}", ct);
        ServerProcess server = ServerProcess.Start(Path.Combine(folder, "data"), LoopbackPort.FindFree(), environment, "--config", file);
        await server.WaitReadyAsync(ct);
        var http = new HttpClient { BaseAddress = new Uri(server.Address, "api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await server.ReadAdminTokenAsync(ct));

        // The server reads its programs when it is ready.
        int programs = Directory.GetFiles(Path.Combine(folder, "programs")).Length;
        await Poll.UntilAsync(
            async () => (await http.GetFromJsonAsync<JsonElement>("programs", ct)).GetProperty("items").GetArrayLength() == programs,
            TimeSpan.FromMilliseconds(50), ct);
        return new ProgramSite(server, http);
    }

    public static void Write(string folder, string program, string engine, string more)
    {
        Directory.CreateDirectory(Path.Combine(folder, "programs"));
        File.WriteAllText(
            Path.Combine(folder, "programs", program + ".yaml"),
            $"title: Nothing\nversion: \"1\"\nengine: {engine}\ncommand: [\"true\", \"{{output}}\"]\noutput: {{type: table}}\n{more}");
    }

    /// <summary>A dataset with one file.</summary>
    public async Task<string> MakeAsync(string name, CancellationToken ct)
    {
        JsonElement made = await PostAsync("datasets", new { name, type = "mx" }, ct);
        string id = made.GetProperty("id").GetString()!;
        using HttpResponseMessage put = await _http.PutAsync($"datasets/{id}/entries/a", new ByteArrayContent("1"u8.ToArray()), ct);
        put.EnsureSuccessStatusCode();
        return id;
    }

    /// <summary>Adds runs to the queue, eight at a time.</summary>
    public Task QueueAsync(string program, string input, int count, CancellationToken ct) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct },
        async (i, token) => await PostAsync(
            $"programs/{program}/runs", new { input, output = string.Create(CultureInfo.InvariantCulture, $"{program}-{i}") }, token));

    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken ct)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(path, body, ct);
        string text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? text.Length > 0 ? JsonElement.Parse(text) : default
            : throw new InvalidOperationException($"{path}: {text}");
    }

    /// <summary>The number of runs in a state, among the newest of a dataset.</summary>
    public async Task<int> CountAsync(string dataset, string state, CancellationToken ct)
    {
        int count = 0;
        string? cursor = null;
        do
        {
            JsonElement page = await _http.GetFromJsonAsync<JsonElement>(
                $"runs?dataset={dataset}&limit=1000{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", ct);
            count += page.GetProperty("items").EnumerateArray().Count(run => run.GetProperty("state").GetString() == state);
            cursor = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }
        while (cursor is not null);

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}
