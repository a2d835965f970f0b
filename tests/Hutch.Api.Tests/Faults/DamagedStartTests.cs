using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Hutch.Api.Tests.Support;
using Hutch.Disk;
using Hutch.Server;

namespace Hutch.Api.Tests.Faults;

/// <summary>A server that starts on damaged files serves what is whole, and says in every place where an operator looks what is not.</summary>
public sealed class DamagedStartTests
{
    [Fact]
    public async Task A_lost_segment_is_reported_at_startup_in_readiness_metrics_and_warnings()
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log);
        string id = await server.Admin.DatasetAsync("hit");
        byte[] large = Blobs.Random(1, 2 << 20);
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/large", new ByteArrayContent(large))).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/small", "whole")).Must(201);
        Assert.Equal("ready\n", (await server.Nobody.GetAsync("/health/ready")).Must(200).Text);
        string lost = "";

        await server.RestartAsync(() =>
        {
            lost = Directory.GetFiles(Path.Combine(server.Folder, "segments"), "*.bulk.tar").Single();
            File.Delete(lost);
        });

        string name = Path.GetFileName(lost);
        Assert.Contains(log.Warnings, line => line.Contains(name, StringComparison.Ordinal) && line.Contains("hutch verify", StringComparison.Ordinal));
        Answer ready = (await server.Nobody.GetAsync("/health/ready")).Must(200);
        Assert.StartsWith("ready\nwarning segments-lost: ", ready.Text, StringComparison.Ordinal);
        Assert.Contains(name, ready.Text, StringComparison.Ordinal);
        Assert.Contains("\nhutch_storage_lost_segments ", (await server.Nobody.GetAsync("/metrics")).Text, StringComparison.Ordinal);
        Answer warnings = (await server.Admin.GetAsync("warnings")).Must(200);
        Assert.Equal("segments-lost", Assert.Single(warnings.Json.GetProperty("items").EnumerateArray()).GetProperty("kind").GetString());
        (await (await server.UserAsync("ada")).GetAsync("warnings")).MustRefuse(403, "forbidden");
        (await server.Nobody.GetAsync("warnings")).MustRefuse(401, "unauthenticated");
        Assert.Equal("whole", (await server.Admin.GetAsync($"datasets/{id}/entries/small")).Must(200).Text);
        (await server.Admin.GetAsync($"datasets/{id}/entries/large")).MustRefuse(503, "quarantined");
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/large", new ByteArrayContent(large))).Must(204);
        Assert.Equal(large, (await server.Admin.GetAsync($"datasets/{id}/entries/large")).Must(200).Bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_search_db_is_made_anew_within_the_search_that_meets_it_and_a_warning_says_so(bool whileItRuns)
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log);
        string id = await server.Admin.DatasetAsync("lysozyme");
        Assert.Single((await server.Admin.GetAsync("search?q=lyso")).Must(200).Json.GetProperty("items").EnumerateArray());
        string words = Path.Combine(server.Folder, "search.db");
        void Damage()
        {
            using FileStream file = File.Open(words, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            byte[] zeros = new byte[file.Length - 4096];
            file.Position = 4096;
            file.Write(zeros);
        }

        await server.RestartAsync(whileItRuns ? null : Damage);
        if (whileItRuns)
        {
            Damage();
        }

        JsonElement found = Assert.Single((await server.Admin.GetAsync("search?q=lyso")).Must(200).Json.GetProperty("items").EnumerateArray());

        Assert.Equal(id, found.GetProperty("id").GetString());
        Assert.Contains("warning search-rebuilt: search.db was damaged", (await server.Nobody.GetAsync("/health/ready")).Must(200).Text, StringComparison.Ordinal);
        Assert.Single(log.Errors, line => line.Contains("search.db is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Accounts_that_are_found_damaged_while_the_server_runs_answer_503_and_a_warning_has_the_way_back()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("ada");
        await server.Server.Zone.CopyToAsync(LocalDisk.Instance, Path.Combine(server.Folder, "zone-copies", "zone-29990101T000000Z.db"), TestContext.Current.CancellationToken);
        await server.RestartAsync();
        DamagePages(Path.Combine(server.Folder, "zone.db"));

        // A reader that was open before may have the pages in memory: a change makes all of them read again, unless it meets the damage itself.
        int changed = (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work" } })).Status;
        int read = (await server.Admin.GetAsync("groups")).Status;

        Assert.True((changed, read) is (201, 503) or (503, 200 or 503), $"{changed}, {read}");
        string ready = (await server.Nobody.GetAsync("/health/ready")).Must(200).Text;
        Assert.Contains("warning accounts-damaged: zone.db", ready, StringComparison.Ordinal);
        Assert.Contains("cp -p " + Path.Combine(server.Folder, "zone-copies", "zone-29990101T000000Z.db"), ready, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_db_that_is_found_damaged_while_the_server_runs_is_rebuilt_by_a_restart_of_its_own()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using TestServer first = await TestServer.StartAsync();
        string id = await first.Admin.DatasetAsync("kept");
        (await first.Admin.PutAsync($"datasets/{id}/entries/file", "kept")).Must(201);
        await first.StopAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var told = Channel.CreateUnbounded<string>();
        Task running = HutchServer.RunAsync(TestServer.Options(first.Folder, notice: text => told.Writer.TryWrite(text)), stop.Token);
        using var http = new HttpClient { BaseAddress = await AddressAsync(told.Reader) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", first.Admin.Token);
        DamagePages(Path.Combine(first.Folder, "site.db"));

        try
        {
            // A reader can have the pages in memory: changes make it read them again, unless a change meets the damage itself.
            HttpStatusCode[] answers = [];
            for (int change = 0; !answers.Contains(HttpStatusCode.ServiceUnavailable); change++)
            {
                using var body = new StringContent($"change {change}");
                using HttpResponseMessage changed = await http.PutAsync(
                    new Uri($"/api/v1/datasets/{id}/entries/more", UriKind.Relative), body, ct);
                using HttpResponseMessage met = await http.GetAsync(new Uri($"/api/v1/datasets/{id}/snapshots", UriKind.Relative), ct);
                answers = [changed.StatusCode, met.StatusCode];
            }
        }
        catch (HttpRequestException)
        {
            // The server's own work met the damage first, and the server is being restarted.
        }

        using var again = new HttpClient { BaseAddress = await AddressAsync(told.Reader) };
        again.DefaultRequestHeaders.Authorization = http.DefaultRequestHeaders.Authorization;
        Assert.Equal("kept", await again.GetStringAsync(new Uri($"/api/v1/datasets/{id}/entries/file", UriKind.Relative), ct));
        Assert.Contains("warning records-rebuilt", await again.GetStringAsync(new Uri("/health/ready", UriKind.Relative), ct), StringComparison.Ordinal);
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Fills all pages but the first with zeros, in the file and in its log, which may not be folded into it yet.</summary>
    private static void DamagePages(string path)
    {
        const int PageBytes = 4096, LogHead = 32, FrameHead = 24;
        byte[] zeros = new byte[PageBytes];
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (file.Position = PageBytes; file.Position < file.Length;)
        {
            file.Write(zeros);
        }

        using FileStream log = File.Open(path + "-wal", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (long frame = LogHead; frame + FrameHead + PageBytes <= log.Length; frame += FrameHead + PageBytes)
        {
            byte[] page = new byte[sizeof(int)];
            log.Position = frame;
            log.ReadExactly(page);
            if (BinaryPrimitives.ReadInt32BigEndian(page) != 1)
            {
                log.Position = frame + FrameHead;
                log.Write(zeros);
            }
        }
    }

    private static async Task<Uri> AddressAsync(ChannelReader<string> told)
    {
        await foreach (string text in told.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (text.Split(" at ") is [_, var address] && text.StartsWith("Hutch serves", StringComparison.Ordinal))
            {
                return new Uri(address.Split(' ')[0]);
            }
        }

        throw new InvalidOperationException("It did not start.");
    }

    [Fact]
    public async Task A_damaged_site_db_is_made_anew_without_a_hand_and_the_log_says_so()
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log);
        string id = await server.Admin.DatasetAsync("kept");
        (await server.Admin.PutAsync($"datasets/{id}/entries/file", "kept")).Must(201);

        await server.RestartAsync(() => File.WriteAllText(Path.Combine(server.Folder, "site.db"), "this is no database"));

        Assert.Equal("kept", (await server.Admin.GetAsync($"datasets/{id}/entries/file")).Must(200).Text);
        Assert.Contains(log.Errors, line => line.Contains("site.db.damaged", StringComparison.Ordinal));
        Assert.Contains("warning records-rebuilt: ", (await server.Nobody.GetAsync("/health/ready")).Must(200).Text, StringComparison.Ordinal);
        Assert.Equal("this is no database", File.ReadAllText(Path.Combine(server.Folder, "site.db.damaged")));
    }
}
