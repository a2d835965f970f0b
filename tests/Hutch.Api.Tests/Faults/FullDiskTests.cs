using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Disk.Faults;
using Hutch.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;

namespace Hutch.Api.Tests.Faults;

/// <summary>A full disk and a disk that fails, under the real server: the answers over HTTP, reads that go on, no hand needed.</summary>
public sealed class FullDiskTests
{
    private const long ReserveBytes = 600 << 10;

    [Fact]
    public async Task On_a_full_disk_writes_are_answered_507_with_numbers_while_reads_and_deletes_go_on()
    {
        var disk = new FaultyDisk(1);
        await using TestServer server = await TestServer.StartAsync(disk: disk, site: SmallSegments(ReserveBytes));
        string kept = await server.Admin.DatasetAsync("kept");
        string given = await server.Admin.DatasetAsync("given-up");
        byte[] content = Blobs.Random(1, 30_000);
        (await PutAsync(server, kept, "first", content)).Must(201);
        (await PutAsync(server, given, "large", Blobs.Random(2, 3 << 20))).Must(201);
        string push = (await server.Admin.PostAsync($"datasets/{kept}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        disk.CapacityBytes = disk.TakenBytes + ReserveBytes + (300 << 10);
        Answer full = await FillAsync(server, given);

        Problem(full);
        Problem(await PutAsync(server, given, "too large", Blobs.Random(3, 2 << 20)));
        byte[] file = Blobs.Random(4, 1 << 20);
        Problem(await server.Admin.SendAsync(
            HttpMethod.Patch, $"sessions/{push}/blobs/{Blobs.Hash(file)}?size={file.Length}", new ByteArrayContent(file), ("Upload-Offset", "0")));
        Problem(await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(Blobs.Random(5, 50_000))));
        Assert.Equal(content, (await server.Admin.GetAsync($"datasets/{kept}/entries/first")).Must(200).Bytes);
        (await server.Nobody.GetAsync("/health/ready")).Must(200);
        (await server.Admin.DeleteAsync($"datasets/{given}/entries/f0")).Must(204);
        await server.RestartAsync();
        Assert.Equal(content, (await server.Admin.GetAsync($"datasets/{kept}/entries/first")).Must(200).Bytes);
        Problem(await PutAsync(server, given, "after the start", Blobs.Random(6, 400_000)));
    }

    [Fact]
    public async Task Deleting_on_a_full_disk_makes_room_without_a_restart()
    {
        var disk = new FaultyDisk(2);
        await using TestServer server = await TestServer.StartAsync(disk: disk, site: SmallSegments(ReserveBytes));
        string kept = await server.Admin.DatasetAsync("kept");
        string given = await server.Admin.DatasetAsync("given-up");
        (await PutAsync(server, given, "large", Blobs.Random(2, 3 << 20))).Must(201);
        disk.CapacityBytes = disk.TakenBytes + ReserveBytes + (300 << 10);
        await FillAsync(server, given);

        (await server.Admin.DeleteAsync($"datasets/{given}")).Must(200);
        (await server.Admin.PostAsync($"datasets/{given}/purge", new { reason = "not needed" })).Must(200);
        await EndedAsync(server, "purge");

        (await PutAsync(server, kept, "there is room again", Blobs.Random(7, 1 << 20))).Must(201);
    }

    [Fact]
    public async Task A_write_that_the_disk_did_not_confirm_is_answered_outcome_unknown_and_sent_again_is_there_once()
    {
        var log = new LogLines();
        var disk = new FaultyDisk(3);
        await using TestServer server = await TestServer.StartAsync(disk: disk, site: SmallSegments(0), log: log);
        string id = await server.Admin.DatasetAsync("shaky");
        byte[] old = Blobs.Random(1, 5000);
        (await PutAsync(server, id, "old", old)).Must(201);

        // The large one needs a segment of its own: that it cannot be made is certain, and so is the outcome.
        foreach ((int size, string code, string advice) in ((int, string, string)[])
            [(4000, "outcome-unknown", "Send it again"), (2 << 20, "unavailable", "Try again")])
        {
            byte[] content = Blobs.Random(size, size);
            int failures = 0;
            disk.FailWith = call => call.Operation == DiskOperation.Sync && failures++ == 0 ? new IOException("The sync failed.") : null;

            Answer unknown = (await PutAsync(server, id, $"new {size}", content)).MustRefuse(503, code);
            Assert.Equal("2", unknown.Headers["Retry-After"]);
            Assert.Contains(advice, unknown.Json.GetProperty("advice").GetString());
            (await server.Admin.GetAsync($"datasets/{id}/entries/new%20{size}")).MustRefuse(404, "not-found");
            Assert.Equal(old, (await server.Admin.GetAsync($"datasets/{id}/entries/old")).Must(200).Bytes);
            (await server.Nobody.GetAsync("/health/ready")).Must(200);
            (await PutAsync(server, id, $"new {size}", content)).Must(201);
            Assert.Equal(content, (await server.Admin.GetAsync($"datasets/{id}/entries/new%20{size}")).Must(200).Bytes);
        }

        Assert.Contains("\nhutch_storage_abandoned ", (await server.Nobody.GetAsync("/metrics")).Text, StringComparison.Ordinal);
        Assert.Contains(log.Errors, line => line.Contains("did not confirm", StringComparison.Ordinal));
        await server.RestartAsync();
        Assert.Equal(Blobs.Random(4000, 4000), (await server.Admin.GetAsync($"datasets/{id}/entries/new%204000")).Must(200).Bytes);
    }

    [Fact]
    public async Task A_push_with_failing_syncs_resumes_and_swaps_the_head_once()
    {
        var disk = new FaultyDisk(4);
        await using TestServer server = await TestServer.StartAsync(disk: disk, site: SmallSegments(0));
        string id = await server.Admin.DatasetAsync("shaky");
        string push = (await server.Admin.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        byte[] small = Blobs.Random(1, 5000);
        byte[] large = Blobs.Random(2, 2 << 20);
        var chance = new Random(4);
        disk.FailWith = call => call.Operation == DiskOperation.Sync && chance.Next(4) == 0 ? new IOException("The sync failed.") : null;

        await AgainAsync(() => server.Admin.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(small)));
        await AgainAsync(async () =>
        {
            string key = $"sessions/{push}/blobs/{Blobs.Hash(large)}";
            long offset = long.Parse((await server.Admin.HeadAsync(key)).Must(204).Headers["Upload-Offset"], System.Globalization.CultureInfo.InvariantCulture);
            return offset == large.Length
                ? await server.Admin.HeadAsync(key)
                : await server.Admin.SendAsync(
                    HttpMethod.Patch, $"{key}?size={large.Length}", new ByteArrayContent(large[(int)offset..]), ("Upload-Offset", $"{offset}"));
        });
        await AgainAsync(() => server.Admin.PostLinesAsync(
            $"sessions/{push}/commit",
            new { changes = 2 },
            new { op = "put", path = "small", kind = "file", hash = Blobs.Hash(small), size = small.Length },
            new { op = "put", path = "large", kind = "file", hash = Blobs.Hash(large), size = large.Length }));
        disk.FailWith = null;

        Assert.Equal(large, (await server.Admin.GetAsync($"datasets/{id}/entries/large?at=1")).Must(200).Bytes);
        Assert.Equal(small, (await server.Admin.GetAsync($"datasets/{id}/entries/small?at=1")).Must(200).Bytes);
        Assert.Equal(1, (await server.Admin.GetAsync($"datasets/{id}")).Must(200).Json.GetProperty("snapshots").GetInt64());
    }

    /// <summary>Sends until it is taken; every refusal on the way is the one that the design names.</summary>
    private static async Task AgainAsync(Func<Task<Answer>> send)
    {
        for (int i = 0; i < 40; i++)
        {
            Answer answer = await send();
            if (answer.Status < 300)
            {
                return;
            }

            Assert.Equal(503, answer.Status);
            Assert.Contains(answer.Json.GetProperty("code").GetString(), (string[])["outcome-unknown", "unavailable"]);
        }

        Assert.Fail("Forty times in a row is too often.");
    }

    private static async Task<Answer> FillAsync(TestServer server, string id)
    {
        for (int i = 0; i < 100; i++)
        {
            Answer answer = await PutAsync(server, id, $"f{i}", Blobs.Random(100 + i, 40_000));
            if (answer.Status != 201)
            {
                return answer;
            }
        }

        throw new InvalidOperationException("The disk does not get full.");
    }

    private static void Problem(Answer answer)
    {
        answer.MustRefuse(507, "insufficient-storage");
        JsonElement problem = answer.Json;
        Assert.True(problem.GetProperty("neededBytes").GetInt64() > 0, answer.Text);
        Assert.True(problem.GetProperty("freeBytes").GetInt64() > 0, answer.Text);
        Assert.Equal(ReserveBytes, problem.GetProperty("reserveBytes").GetInt64());
        Assert.Contains("ask the operator", problem.GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    private static async Task EndedAsync(TestServer server, string kind)
    {
        string id = (await server.Admin.GetAsync("jobs")).Must(200).Json.GetProperty("items").EnumerateArray()
            .First(job => job.GetProperty("kind").GetString() == kind).GetProperty("id").GetString()!;
        await server.Server.Site.Jobs.WaitAsync(Guid.Parse(id), TestContext.Current.CancellationToken);
        Assert.Equal("done", (await server.Admin.GetAsync("jobs/" + id)).Json.GetProperty("state").GetString());
    }

    private static Task<Answer> PutAsync(TestServer server, string id, string path, byte[] content) =>
        server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/{Uri.EscapeDataString(path)}", new ByteArrayContent(content));

    /// <summary>Sizes so small that segments are sealed and made within some dozen writes.</summary>
    private static SiteOptions SmallSegments(long reserveBytes) => new()
    {
        Blobs = new BlobOptions { ExtentBytes = 512 << 10, PageCacheBytes = 1 << 20 },
        Segments = new SegmentOptions
        {
            SegmentBytes = 96 << 10,
            ZeroAheadBytes = 8 << 10,
            ReserveAheadBytes = 16 << 10,
            SmallGroupBytes = 8 << 10,
            ReserveBytes = reserveBytes,
        },
    };
}
