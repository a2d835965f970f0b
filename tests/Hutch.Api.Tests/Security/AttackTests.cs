using System.Formats.Tar;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Processing;
using Hutch.Processing.Runs;

namespace Hutch.Api.Tests.Security;

/// <summary>What somebody with a valid token and bad intentions tries. Mallory may read one dataset; Ada owns the others.</summary>
public sealed class AttackTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hash_opens_nothing_anywhere()
    {
        await using TestServer server = await TestServer.StartAsync();
        (TestCaller ada, TestCaller mallory) = (await server.UserAsync("ada"), await server.UserAsync("mallory"));
        byte[] small = Blobs.Random(1, 5000);
        byte[] large = Blobs.Random(2, 2 << 20);
        string secret = await ada.DatasetAsync("secret");
        await PutAsync(ada, secret, "small", small);
        await PutAsync(ada, secret, "large", large);
        string own = await mallory.DatasetAsync("own");
        await PutAsync(mallory, own, "file", Blobs.Random(3, 10));
        string push = await PushAsync(mallory, own);

        foreach (byte[] blob in (byte[][])[small, large])
        {
            string hash = Blobs.Hash(blob);
            Answer missing = (await mallory.PostLinesAsync($"sessions/{push}/negotiate", new { hash, size = blob.Length })).Must(200);
            Assert.Equal(hash, missing.Lines[0].GetString());
            Assert.Equal("0", (await mallory.HeadAsync($"sessions/{push}/blobs/{hash}")).Must(204).Headers["Upload-Offset"]);
            Answer unknown = (await mallory.PostLinesAsync($"sessions/{push}/negotiate", new { hash = Blobs.Hash("nobody has this"), size = 1 })).Must(200);
            Assert.Equal(missing.Lines.Count, unknown.Lines.Count);
            (await CommitAsync(mallory, push, null, Put("stolen", hash, blob.Length))).MustRefuse(409, "conflict");
            string fresh = await PushAsync(mallory, await mallory.DatasetAsync("fresh-" + blob.Length));
            (await CommitAsync(mallory, fresh, null, Put("stolen", hash, blob.Length))).MustRefuse(422, "blob-not-nameable");
            (await mallory.PostLinesAsync($"datasets/{own}/fetch", hash)).MustRefuse(404, "not-found");
            (await mallory.PostLinesAsync($"datasets/{secret}/fetch", hash)).MustRefuse(404, "not-found");
            (await mallory.GetAsync($"datasets/{own}/entries/file?at={hash[..12]}")).MustRefuse(404, "not-found");
        }
    }

    [Fact]
    public async Task Deleted_or_purged_files_cannot_be_downloaded_or_referenced_in_a_push()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        byte[] blob = Blobs.Random(1, 5000);
        string parent = await ada.DatasetAsync("parent");
        await PutAsync(ada, parent, "file", blob);
        (await ada.PostAsync($"datasets/{parent}/close", new { })).Must(200);
        Answer made = await ada.PostAsync("datasets", new { name = "child", parents = new[] { new { dataset = parent } } });
        string child = made.Must(201).Json.GetProperty("id").GetString()!;
        string before = await PushAsync(ada, child);
        (await ada.PostLinesAsync($"sessions/{before}/negotiate", new { hash = Blobs.Hash(blob), size = blob.Length })).Must(200);
        (await ada.DeleteAsync($"datasets/{parent}")).Must(200);

        (await ada.PostLinesAsync($"datasets/{parent}/fetch", Blobs.Hash(blob))).MustRefuse(410, "in-trash");
        (await ada.GetAsync($"datasets/{parent}/entries/file")).MustRefuse(410, "in-trash");
        (await ada.GetAsync($"datasets/{parent}/archive.tar")).MustRefuse(410, "in-trash");
        string after = await PushAsync(ada, child);
        Answer missing = (await ada.PostLinesAsync($"sessions/{after}/negotiate", new { hash = Blobs.Hash(blob), size = blob.Length })).Must(200);
        Assert.Equal(Blobs.Hash(blob), missing.Lines[0].GetString());
        (await ada.PostAsync($"datasets/{parent}/purge", new { reason = "withdrawn" })).Must(200);
        (await ada.PostLinesAsync($"datasets/{parent}/fetch", Blobs.Hash(blob))).MustRefuse(410, "gone");
        (await ada.GetAsync($"datasets/{parent}/entries/file?at=1")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task A_push_is_open_only_to_the_user_that_started_it_and_to_tokens_that_reach_its_dataset()
    {
        await using TestServer server = await TestServer.StartAsync();
        (TestCaller ada, TestCaller mallory) = (await server.UserAsync("ada"), await server.UserAsync("mallory"));
        string shared = await ada.DatasetAsync("shared");
        (await ada.PutJsonAsync($"datasets/{shared}/grants/user:mallory", new { right = "write" })).Must(200);
        string push = await PushAsync(ada, shared);
        TestCaller narrow = server.With((await ada.PostAsync("tokens", new { scopes = new[] { "read" } })).Must(201).Json.GetProperty("token").GetString()!);
        string other = await ada.DatasetAsync("other");
        TestCaller elsewhere = server.With(
            (await ada.PostAsync("tokens", new { scopes = new[] { "read", "write" }, dataset = other })).Must(201).Json.GetProperty("token").GetString()!);
        byte[] blob = Blobs.Random(1, 100);

        foreach ((TestCaller caller, int status) in ((TestCaller, int)[])[(mallory, 404), (narrow, 403), (elsewhere, 404), (server.Nobody, 401)])
        {
            (await caller.GetAsync($"sessions/{push}")).Must(status);
            (await caller.PostLinesAsync($"sessions/{push}/negotiate", new { hash = Blobs.Hash(blob), size = 100 })).Must(status);
            (await caller.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(blob))).Must(status);
            (await caller.SendAsync(
                HttpMethod.Patch, $"sessions/{push}/blobs/{Blobs.Hash(blob)}?size=100", new ByteArrayContent(blob), ("Upload-Offset", "0"))).Must(status);
            (await caller.HeadAsync($"sessions/{push}/blobs/{Blobs.Hash(blob)}")).Must(status);
            (await CommitAsync(caller, push, null, Put("x", Blobs.Hash(blob), 100))).Must(status);
            (await caller.DeleteAsync($"sessions/{push}")).Must(status);
        }

        (await ada.GetAsync($"sessions/{push}")).Must(200);
    }

    [Fact]
    public async Task A_push_ends_with_the_right_that_it_began_with()
    {
        await using TestServer server = await TestServer.StartAsync();
        (TestCaller ada, TestCaller mallory) = (await server.UserAsync("ada"), await server.UserAsync("mallory"));
        string shared = await ada.DatasetAsync("shared");
        (await ada.PutJsonAsync($"datasets/{shared}/grants/user:mallory", new { right = "write" })).Must(200);
        string push = await PushAsync(mallory, shared);
        byte[] blob = Blobs.Random(1, 100);
        (await mallory.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(blob))).Must(200);
        (await ada.PutJsonAsync($"datasets/{shared}/grants/user:mallory", new { right = "read" })).Must(200);

        (await CommitAsync(mallory, push, null, Put("late", Blobs.Hash(blob), 100))).MustRefuse(403, "forbidden");
        (await mallory.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(blob))).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task Changes_of_an_unauthorized_or_invalid_push_are_refused_before_they_are_read()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiOptions { StopSeconds = 2, MaxCommitBytes = 4000 });
        TestCaller ada = await server.UserAsync("ada");
        string push = await PushAsync(ada, await ada.DatasetAsync("open"));
        static string Line(int i) => JsonSerializer.Serialize(Put($"x{i}", Blobs.Hash("x"), 1));

        Assert.StartsWith("HTTP/1.1 401 ", await EndlessAsync(server, $"/api/v1/sessions/{push}/commit", "", Line), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await EndlessAsync(server, $"/api/v1/sessions/{push}/negotiate", "", Line), StringComparison.Ordinal);
        string bearer = $"Authorization: Bearer {ada.Token}\r\n";
        Assert.StartsWith("HTTP/1.1 413 ", await EndlessAsync(server, $"/api/v1/sessions/{push}/commit", bearer, static i => i == 0 ? """{"changes":1000000}""" : Line(i)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await EndlessAsync(server, $"/api/v1/sessions/{push}/commit", bearer, static i => i == 0 ? """{"changes":2}""" : Line(i)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 413 ", await EndlessAsync(server, $"/api/v1/sessions/{push}/commit", bearer, static _ => new string('x', 5000)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("/absolute")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("nul\\u0000byte")]
    [InlineData("half \\ud800 pair")]
    public async Task No_path_leads_out_of_its_dataset_by_any_way_in(string path)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("set");
        byte[] blob = Blobs.Random(1, 100);
        string push = await PushAsync(ada, id);
        (await ada.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(blob))).Must(200);

        string json = $$"""{"op":"put","path":"{{path}}","kind":"file","hash":"{{Blobs.Hash(blob)}}","size":100}""";
        Answer commit = await ada.SendAsync(HttpMethod.Post, $"sessions/{push}/commit", new StringContent("{\"changes\":1}\n" + json + "\n"));
        Assert.Equal(400, commit.Status);
        Answer tar = await ada.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(TarEntryFormat.Pax, ("blobs/" + path, blob)));
        tar.MustRefuse(400, "bad-request");
        Assert.Empty((await ada.GetAsync($"datasets/{id}/files")).Must(200).Lines.SkipLast(1));
    }

    [Fact]
    public async Task Names_and_metadata_put_nothing_into_headers_of_answers()
    {
        const string Name = "a\r\nSet-Cookie: x=1\r\n\r\n<script>\"';é\u2028.txt";
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("set");
        byte[] blob = Blobs.Random(1, 100);
        string push = await PushAsync(ada, id);
        (await ada.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(blob))).Must(200);
        var metadata = new Dictionary<string, string> { ["good"] = "ü", ["bad\r\nname"] = "x", ["value"] = "x\r\nSet-Cookie: y=2", ["sp ace"] = "x" };
        (await CommitAsync(
            ada, push, null,
            new { op = "put", path = Name, kind = "file", hash = Blobs.Hash(blob), size = 100, metadata, contentType = "text/html" })).Must(200);
        (await CommitAsync(ada, await PushAsync(ada, id), 1, new { op = "put", path = "b", kind = "file", hash = Blobs.Hash(blob), size = 100, contentType = "text/html\r\nX: y" }))
            .MustRefuse(400, "invalid-body");

        Answer read = (await ada.GetAsync($"datasets/{id}/entries/{Uri.EscapeDataString(Name)}")).Must(200);
        Assert.Equal(blob, read.Bytes);
        Assert.DoesNotContain("Set-Cookie", read.Headers.Keys);
        Assert.Equal("nosniff", read.Headers["X-Content-Type-Options"]);
        Assert.StartsWith("attachment; filename*=UTF-8''a%0D%0ASet-Cookie", read.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.Equal("ü", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(read.Headers["X-Hutch-Meta-good"])));
        Assert.DoesNotContain("X-Hutch-Meta-value", read.Headers.Keys);
    }

    [Theory]
    [InlineData("bytes=0-0,2-3,4-5,6-7", 200)]
    [InlineData("bytes=99999999999999999999-", 416)]
    [InlineData("bytes=-99999999999", 206)]
    [InlineData("bytes=9223372036854775807-", 416)]
    [InlineData("bytes=0-9223372036854775807", 206)]
    [InlineData("bytes=-0", 416)]
    [InlineData("bytes=5-2", 200)]
    [InlineData("bytes=--5", 200)]
    [InlineData("lines=1-2", 200)]
    public async Task No_range_reads_beyond_the_file(string range, int status)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("set");
        byte[] blob = Blobs.Random(1, 100);
        await PutAsync(ada, id, "file", blob);

        Answer read = (await ada.GetAsync($"datasets/{id}/entries/file", ("Range", range))).Must(status);

        Assert.True(status == 416 || read.Bytes.AsSpan().SequenceEqual(blob));
    }

    [Theory]
    [InlineData("datasets?cursor=")]
    [InlineData("datasets/ID/snapshots?cursor=")]
    [InlineData("datasets/ID/metadata/history?cursor=")]
    [InlineData("runs?cursor=")]
    [InlineData("tokens?cursor=")]
    [InlineData("groups?cursor=")]
    [InlineData("datasets/ID/links?cursor=")]
    [InlineData("datasets/ID/tree?after=")]
    [InlineData("datasets/ID/results?after=")]
    [InlineData("search?q=x&cursor=")]
    public async Task A_cursor_that_was_made_up_shows_nothing_more_and_breaks_nothing(string path)
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log);
        (TestCaller ada, TestCaller mallory) = (await server.UserAsync("ada"), await server.UserAsync("mallory"));
        string hidden = await ada.DatasetAsync("hidden");
        await PutAsync(ada, hidden, "hidden-file", Blobs.Random(1, 10));
        string own = await mallory.DatasetAsync("own");
        foreach (string cursor in (string[])["0", "-1", "9223372036854775807", "99999999999999999999", "' OR 1=1 --", "%00", "%ff%fe", "../..", hidden, "admin", "eyJhIjoxfQ=="])
        {
            Answer answer = await mallory.GetAsync(path.Replace("ID", own, StringComparison.Ordinal) + (cursor[0] == '%' ? cursor : Uri.EscapeDataString(cursor)));

            Assert.True(answer.Status is 200 or 400 or 404 or 422, $"{path}{cursor}: {answer.Status} {answer.Text}");
            Assert.DoesNotContain("hidden-file", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"ada/hidden\"", answer.Text, StringComparison.Ordinal);
        }

        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task Events_show_viewers_no_file_names_no_results_and_nothing_of_other_datasets()
    {
        await using TestServer server = await TestServer.StartAsync();
        (TestCaller ada, TestCaller mallory) = (await server.UserAsync("ada"), await server.UserAsync("mallory"));
        string hidden = await ada.DatasetAsync("hidden");
        string shown = await ada.DatasetAsync("shown");
        (await ada.PutJsonAsync($"datasets/{shown}/grants/user:mallory", new { right = "view" })).Must(200);
        await PutAsync(ada, hidden, "name-in-hidden", Blobs.Random(1, 10));
        await PutAsync(ada, shown, "name-in-shown", Blobs.Random(1, 10));
        await RunAsync(server, shown, hidden);
        (await ada.PutJsonAsync($"datasets/{shown}/metadata", new { end = "of events" })).Must(204);

        string seen = await ReadEventsUntilAsync(mallory, "metadata.set");

        Assert.Contains("event: run.started", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("result.row", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("name-in-", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("secret command", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(hidden, seen, StringComparison.Ordinal);
        Assert.Contains("secret command", (await ada.GetAsync("runs")).Must(200).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret command", (await mallory.GetAsync("runs")).Must(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_opens_its_dataset_to_read_and_nothing_else()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string shown = await ada.DatasetAsync("shown");
        string hidden = await ada.DatasetAsync("hidden");
        byte[] blob = Blobs.Random(1, 100);
        await PutAsync(ada, shown, "file", blob);
        await PutAsync(ada, hidden, "file", Blobs.Random(2, 100));
        TestCaller link = server.With(
            (await ada.PostAsync($"datasets/{shown}/links", new { right = "read", expiresIn = 3600 })).Must(201).Json.GetProperty("token").GetString()!);

        Assert.Equal(blob, (await link.GetAsync($"datasets/{shown}/entries/file")).Must(200).Bytes);
        (await link.GetAsync($"datasets/{hidden}/entries/file")).MustRefuse(404, "not-found");
        (await link.PutAsync($"datasets/{shown}/entries/file", "x")).MustRefuse(403, "forbidden");
        (await link.PostAsync($"datasets/{shown}/sessions", new { })).MustRefuse(403, "forbidden");
        (await link.PostAsync($"datasets/{shown}/links", new { right = "read", expiresIn = 3600 })).MustRefuse(403, "forbidden");
        (await link.GetAsync($"datasets/{shown}/grants")).MustRefuse(403, "forbidden");
        (await link.GetAsync($"datasets/{shown}/links")).MustRefuse(403, "forbidden");
        foreach (string path in (string[])["users", "groups", "tokens", "jobs", "warnings", "audit"])
        {
            Assert.True((await link.GetAsync(path)).Status is 403, path);
        }

        (await link.PostAsync("datasets", new { name = "mine" })).MustRefuse(403, "forbidden");
        (await link.PostAsync("datasets", new { name = "mine", parents = new[] { new { dataset = shown } } })).MustRefuse(403, "forbidden");
        Assert.DoesNotContain("hidden", (await link.GetAsync("datasets")).Text, StringComparison.Ordinal);
        (await ada.PostLinesAsync($"datasets/{shown}/fetch", Blobs.Hash(Blobs.Random(2, 100)))).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Bodies_that_are_deep_huge_or_lie_are_refused_before_they_cost_anything()
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log);
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("set");
        string push = await PushAsync(ada, id);
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);
        (await ada.SendAsync(HttpMethod.Put, $"datasets/{id}/metadata", Json(deep))).Must(400);
        (await ada.SendAsync(HttpMethod.Put, $"datasets/{id}/metadata", Json("{\"a\":\"" + new string('x', 5 << 20) + "\"}"))).MustRefuse(413, "too-large");
        (await ada.SendAsync(HttpMethod.Post, "datasets", Json("{\"name\":\"" + new string('x', 2 << 20) + "\"}"))).MustRefuse(413, "too-large");
        foreach (byte[] tar in LyingTars())
        {
            Answer refused = await ada.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", new ByteArrayContent(tar));
            Assert.True(refused.Status is 400 or 413, refused.Text);
        }

        (await ada.SendAsync(HttpMethod.Patch, $"sessions/{push}/blobs/{Blobs.Hash("x")}?size=9223372036854775807", new ByteArrayContent([1]), ("Upload-Offset", "0")))
            .MustRefuse(413, "too-large");
        (await ada.SendAsync(HttpMethod.Patch, $"sessions/{push}/blobs/{Blobs.Hash("x")}?size=5", new ByteArrayContent(new byte[50]), ("Upload-Offset", "0")))
            .MustRefuse(400, "digest-mismatch");
        (await ada.SendAsync(HttpMethod.Patch, $"sessions/{push}/blobs/{Blobs.Hash("x")}?size=5", new ByteArrayContent([1]), ("Upload-Offset", "-1")))
            .MustRefuse(400, "bad-request");
        Assert.Empty(log.Errors);
    }

    /// <summary>Streams whose headers announce what does not come.</summary>
    private static IEnumerable<byte[]> LyingTars()
    {
        byte[] good = Blobs.Tar(Blobs.Random(1, 100)).ReadAsByteArrayAsync(Ct).GetAwaiter().GetResult();
        yield return WithSize(good, "77777777777");
        yield return WithSize(good, "00000000200");
        byte[] binary = WithSize(good, "00000000000");
        binary.AsSpan(124, 12).Fill(0xff);
        yield return Checked(binary);
        byte[] link = [.. good];
        link[156] = (byte)'2';
        yield return Checked(link);
        byte[] pax = WithSize(good, "00000000012");
        pax[156] = (byte)'x';
        "9 size=-1\n"u8.CopyTo(pax.AsSpan(512));
        yield return Checked(pax);
        yield return good[..700];
    }

    private static byte[] WithSize(byte[] tar, string octal)
    {
        byte[] changed = [.. tar];
        Encoding.ASCII.GetBytes(octal).CopyTo(changed, 124);
        return Checked(changed);
    }

    private static byte[] Checked(byte[] tar)
    {
        tar.AsSpan(148, 8).Fill((byte)' ');
        int sum = tar.AsSpan(0, 512).ToArray().Sum(static b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, 148);
        return tar;
    }

    /// <summary>A run that read both datasets, with a row of results in the first.</summary>
    private static async Task RunAsync(TestServer server, string shown, string hidden)
    {
        DatasetId first = new DatasetId(Guid.Parse(shown));
        var run = new NewRun
        {
            Id = Guid.NewGuid(),
            Description = new RunDescription("program", "1", $"secret command on {hidden}", null, null, "ada", null),
            Inputs = [new VersionReference(first, null, null), new VersionReference(new DatasetId(Guid.Parse(hidden)), null, null)],
            Outputs = [first],
        };
        using JsonDocument row = JsonDocument.Parse("""{"file-number":1}""");
        Assert.True((await new RunServices(server.Server.Site, TimeProvider.System).Registry.StartAsync(run, Ct)).IsOk);
        Assert.Equal(1, (await new RunServices(server.Server.Site, TimeProvider.System).Registry.AddResultsAsync(run.Id, first, [new FrameResult(1, row.RootElement)], Ct)).Value);
    }

    [Theory]
    [InlineData("HTTP/1.0\r\n")]
    [InlineData("HTTP/1.1\r\nHost: x:99999\r\n")]
    public async Task An_invalid_host_is_refused_where_an_address_would_contain_it(string head)
    {
        await using TestServer server = await TestServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Ct);
        NetworkStream stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /api/v1/login/oidc/none {head}Connection: close\r\n\r\n"), Ct);

        using var reader = new StreamReader(stream);
        Assert.Contains(" 400 ", await reader.ReadLineAsync(Ct), StringComparison.Ordinal);
    }

    private static async Task<string> ReadEventsUntilAsync(TestCaller caller, string kind)
    {
        using HttpResponseMessage response = await caller.OpenAsync("events?after=0");
        Assert.Equal(200, (int)response.StatusCode);
        await using Stream stream = await response.Content.ReadAsStreamAsync(Ct);
        using var reader = new StreamReader(stream);
        var seen = new StringBuilder();
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            seen.AppendLine(line);
            if (line == "event: " + kind)
            {
                seen.AppendLine(await reader.ReadLineAsync(Ct));
                break;
            }
        }

        return seen.ToString();
    }

    /// <summary>Sends a body without an end until an answer comes; its first line.</summary>
    private static async Task<string> EndlessAsync(TestServer server, string path, string headers, Func<int, string> write)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Ct);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\n{headers}Transfer-Encoding: chunked\r\n\r\n"), Ct);
        var answer = new byte[200];
        ValueTask<int> reading = stream.ReadAsync(answer, Ct);
        for (int i = 0; !reading.IsCompleted; i++)
        {
            string line = write(i) + "\n";
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{line.Length:x}\r\n{line}\r\n"), Ct);
            }
            catch (IOException)
            {
                break;
            }
        }

        return Encoding.ASCII.GetString(answer, 0, await reading);
    }

    private static async Task PutAsync(TestCaller caller, string id, string path, byte[] content) =>
        (await caller.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", new ByteArrayContent(content))).Must(201);

    private static async Task<string> PushAsync(TestCaller caller, string id) =>
        (await caller.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;

    private static Task<Answer> CommitAsync(TestCaller caller, string push, long? from, object change) =>
        caller.PostLinesAsync($"sessions/{push}/commit", new { changes = 1, @base = from }, change);

    private static object Put(string path, string hash, long size) => new { op = "put", path, kind = "file", hash, size };

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
