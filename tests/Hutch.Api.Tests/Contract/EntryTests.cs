using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Model;

namespace Hutch.Api.Tests.Contract;

/// <summary>Single entries over HTTP.</summary>
public sealed class EntryTests
{
    [Theory]
    [InlineData("0", "1", "Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData("-1", "-1", "Wed, 31 Dec 1969 23:59:59 GMT")]
    public async Task A_time_at_or_before_the_start_of_1970_is_kept(string given, string kept, string header)
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = $"datasets/{await server.Admin.DatasetAsync("files")}/entries/a";

        (await server.Admin.PutAsync(path, "1", ("X-Hutch-Modified", given))).Must(201);

        Answer got = (await server.Admin.GetAsync(path)).Must(200);
        Assert.Equal((kept, header), (got.Headers["X-Hutch-Modified"], got.Headers["Last-Modified"]));
    }

    [Fact]
    public async Task A_file_comes_back_with_all_that_was_said_of_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = $"datasets/{await server.Admin.DatasetAsync("files")}/entries/a/b%20c%2B%C3%BC.txt";

        Answer put = (await server.Admin.PutAsync(
            path, "hello",
            ("Content-Type", "text/plain"), ("X-Hutch-Modified", "1700000000123456789"), ("X-Hutch-Executable", "true"), ("X-Hutch-Meta-Sample", "A 1"))).Must(201);
        Answer got = (await server.Admin.GetAsync(path)).Must(200);

        Assert.Equal("a/b c+ü.txt", put.Json.GetProperty("path").GetString());
        Assert.Equal("hello", got.Text);
        Assert.Equal($"\"{Blobs.Hash("hello")}\"", got.Headers["ETag"]);
        Assert.Equal("text/plain", got.Headers["Content-Type"]);
        Assert.Equal("1700000000123456789", got.Headers["X-Hutch-Modified"]);
        Assert.Equal("Tue, 14 Nov 2023 22:13:20 GMT", got.Headers["Last-Modified"]);
        Assert.Equal("true", got.Headers["X-Hutch-Executable"]);
        Assert.Equal("nosniff", got.Headers["X-Content-Type-Options"]);
        Assert.StartsWith("attachment", got.Headers["Content-Disposition"]);
        Assert.Equal("A 1", got.Headers["X-Hutch-Meta-sample"]);
        Assert.Equal(5, long.Parse((await server.Admin.HeadAsync(path)).Must(200).Headers["Content-Length"]));
    }

    [Theory]
    [InlineData("bytes=0-0", "0", "bytes 0-0/10")]
    [InlineData("bytes=2-4", "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", "789", "bytes 7-9/10")]
    [InlineData("bytes=7-100", "789", "bytes 7-9/10")]
    [InlineData("bytes=-3", "789", "bytes 7-9/10")]
    [InlineData("bytes=-100", "0123456789", "bytes 0-9/10")]
    public async Task A_range_gives_just_these_bytes(string range, string bytes, string contentRange)
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = $"datasets/{await server.Admin.DatasetAsync("ranges")}/entries/digits";
        (await server.Admin.PutAsync(path, "0123456789")).Must(201);

        Answer part = (await server.Admin.GetAsync(path, ("Range", range))).Must(206);

        Assert.Equal(bytes, part.Text);
        Assert.Equal(contentRange, part.Headers["Content-Range"]);
    }

    [Fact]
    public async Task A_large_file_is_read_from_any_place()
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = $"datasets/{await server.Admin.DatasetAsync("large")}/entries/large";
        byte[] bytes = Blobs.Random(1, 9_000_001);
        (await server.Admin.SendAsync(HttpMethod.Put, path, new ByteArrayContent(bytes))).Must(201);

        foreach ((int from, int to) in ((int, int)[])[(0, 10), (4194303, 4194305), (8388607, 9_000_000), (1_000_000, 8_500_000)])
        {
            Answer part = (await server.Admin.GetAsync(path, ("Range", $"bytes={from}-{to}"))).Must(206);
            Assert.True(bytes.AsSpan(from, to - from + 1).SequenceEqual(part.Bytes), $"{from}-{to}");
        }

        Assert.Equal(Blobs.Hash(bytes), Blobs.Hash((await server.Admin.GetAsync(path)).Must(200).Bytes));
    }

    [Fact]
    public async Task Conditions_of_reading_are_honoured()
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = $"datasets/{await server.Admin.DatasetAsync("conditions")}/entries/a";
        (await server.Admin.PutAsync(path, "0123456789")).Must(201);
        string tag = $"\"{Blobs.Hash("0123456789")}\"";
        string other = $"\"{Blobs.Hash("other")}\"";

        (await server.Admin.GetAsync(path, ("If-None-Match", tag))).Must(304);
        (await server.Admin.GetAsync(path, ("If-None-Match", other))).Must(200);
        (await server.Admin.GetAsync(path, ("If-Match", other))).MustRefuse(412, "precondition-failed");
        (await server.Admin.GetAsync(path, ("Range", "bytes=2-3"), ("If-Range", other))).Must(200);
        (await server.Admin.GetAsync(path, ("Range", "bytes=2-3"), ("If-Range", tag))).Must(206);
        Answer outside = (await server.Admin.GetAsync(path, ("Range", "bytes=10-"))).MustRefuse(416, "range-not-satisfiable");
        Assert.Equal("bytes */10", outside.Headers["Content-Range"]);
    }

    [Fact]
    public async Task Conditions_of_writing_are_honoured()
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = $"datasets/{await server.Admin.DatasetAsync("puts")}/entries/a";

        (await server.Admin.PutAsync(path, "1", ("If-Match", "*"))).MustRefuse(412, "precondition-failed");
        (await server.Admin.PutAsync(path, "1", ("If-None-Match", "*"))).Must(201);
        (await server.Admin.PutAsync(path, "2", ("If-None-Match", "*"))).MustRefuse(412, "precondition-failed");
        (await server.Admin.PutAsync(path, "2", ("If-Match", $"\"{Blobs.Hash("1")}\""))).Must(204);
        (await server.Admin.DeleteAsync(path, ("If-Match", $"\"{Blobs.Hash("1")}\""))).MustRefuse(412, "precondition-failed");
        (await server.Admin.DeleteAsync(path, ("If-Match", $"\"{Blobs.Hash("2")}\""))).Must(204);
        (await server.Admin.GetAsync(path)).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_digest_that_does_not_match_leaves_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        string path = $"datasets/{await server.Admin.DatasetAsync("digests")}/entries/a";
        string Digest(string text) => $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(Blobs.Hash(text)))}:";

        (await server.Admin.PutAsync(path, "damaged", ("Repr-Digest", Digest("whole")))).MustRefuse(400, "digest-mismatch");
        (await server.Admin.GetAsync(path)).MustRefuse(404, "not-found");
        (await server.Admin.PutAsync(path, "whole", ("Repr-Digest", Digest("whole")))).Must(201);
        (await server.Admin.PutAsync(path, "whole", ("Repr-Digest", "sha-256=:xx:"))).MustRefuse(400, "bad-request");
    }

    [Fact]
    public async Task Links_and_empty_directories_keep_their_kind()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("special");

        (await server.Admin.PutAsync($"datasets/{id}/entries/link", "../ünder", ("Content-Type", "application/x-hutch-link"))).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/empty", "", ("Content-Type", "application/x-hutch-directory"))).Must(201);

        Answer link = (await server.Admin.GetAsync($"datasets/{id}/entries/link")).Must(200);
        Assert.Equal("../ünder", link.Text);
        Assert.Equal("application/x-hutch-link", link.Headers["Content-Type"]);
        JsonElement items = (await server.Admin.GetAsync($"datasets/{id}/tree")).Must(200).Json.GetProperty("items");
        Assert.Equal(["directory", "link"], items.EnumerateArray().Select(item => item.GetProperty("kind").GetString()));
        Assert.Equal("../ünder", items[1].GetProperty("target").GetString());
    }

    [Fact]
    public async Task A_tree_is_listed_in_pages_and_by_directory()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("tree");
        foreach (string path in (string[])["a.txt", "d/ü 1", "d/ü 2", "d/ü e/3", "z"])
        {
            (await server.Admin.PutAsync($"datasets/{id}/entries/{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}", path)).Must(201);
        }

        JsonElement top = (await server.Admin.GetAsync($"datasets/{id}/tree?delimiter=/")).Must(200).Json;
        Assert.Equal(["a.txt", "z"], top.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("path").GetString()));
        Assert.Equal(["d/"], top.GetProperty("prefixes").EnumerateArray().Select(item => item.GetString()));
        Answer first = (await server.Admin.GetAsync($"datasets/{id}/tree?limit=2")).Must(200);
        Assert.Equal("d/ü 1", first.Json.GetProperty("next").GetString());
        Answer rest = (await server.Admin.GetAsync($"datasets/{id}/tree?after={Uri.EscapeDataString("d/ü 1")}")).Must(200);
        Assert.Equal(["d/ü 2", "d/ü e/3", "z"], rest.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("path").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("delimiter=/")]
    [InlineData("prefix=d/&delimiter=/&after=d/b")]
    public async Task A_listing_as_lines_has_the_documents_of_its_pages(string query)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("lines");
        string entries = $"datasets/{id}/entries/";
        (await server.Admin.PutAsync(entries + "d/a%20%22%C3%BC%3C", "a", ("X-Hutch-Modified", "0"))).Must(201);
        (await server.Admin.PutAsync(entries + "d/plain", "b", ("X-Hutch-Modified", "-7"))).Must(201);
        (await server.Admin.PutAsync(entries + "d/program", "c", ("X-Hutch-Executable", "true"))).Must(201);
        (await server.Admin.PutAsync(entries + "d/e/rare", "d", ("Content-Type", "text/x"), ("X-Hutch-Meta-colour", "red"))).Must(201);
        (await server.Admin.PutAsync(entries + "link", "target", ("Content-Type", HutchMediaTypes.Link))).Must(201);
        (await server.Admin.PutAsync(entries + "folder", "", ("Content-Type", HutchMediaTypes.Directory))).Must(201);

        JsonElement page = (await server.Admin.GetAsync($"datasets/{id}/tree?{query}")).Must(200).Json;
        Answer answer = (await server.Admin.GetAsync($"datasets/{id}/tree/lines?{query}")).Must(200);

        string[] lines = [.. answer.Lines.SkipLast(1).Select(line => line.GetRawText())];
        string[] prefixes = [.. page.GetProperty("prefixes").EnumerateArray().Select(prefix => $$"""{"path":{{prefix.GetRawText()}},"kind":"prefix"}""")];
        Assert.Equal("application/x-ndjson", answer.Headers["Content-Type"]);
        Assert.NotEmpty(lines);
        Assert.Equal(page.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()).Concat(prefixes).Order(), lines.Order());
        Assert.Equal($$"""{"end":true,"count":{{lines.Length}}}""", answer.Lines[^1].GetRawText());
    }

    [Fact]
    public async Task A_listing_as_lines_is_longer_than_a_page_and_ends_when_its_reader_loses_the_right()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller reader = await server.UserAsync("reader");
        string id = await server.Admin.DatasetAsync("many");
        (await server.Admin.PutJsonAsync($"datasets/{id}/grants/user:reader", new { right = "read" })).Must(200);
        string[] paths = [.. Enumerable.Range(0, 40_000).Select(i => $"names/{i:00000}{new string('x', 200)}")];
        (await PushTests.CommitAsync(
            server.Admin, await PushTests.StartAsync(server.Admin, id), null,
            [.. paths.Select(path => new { op = "put", path, kind = "link", target = "x" })])).Must(200);
        using SlowClient slow = await SlowClient.DownloadAsync(server, reader, $"datasets/{id}/tree/lines", "Connection: close");

        Answer all = (await reader.GetAsync($"datasets/{id}/tree/lines")).Must(200);
        (await server.Admin.DeleteAsync($"datasets/{id}/grants/user:reader")).Must(204);
        string cut = Encoding.UTF8.GetString(await slow.RestAsync());

        Assert.Equal(paths, all.Lines.SkipLast(1).Select(line => line.GetProperty("path").GetString()));
        Assert.Contains("\"end\":false", cut, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"not-found\"", cut, StringComparison.Ordinal);
        Assert.DoesNotContain(paths[^1], cut, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_part_of_a_name_is_found_whatever_its_capitals_in_the_head_and_in_a_version()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("names");
        foreach (string path in (string[])["Frame_1.CBF", "frames/one.cbf", "notes/FRAME.txt", "other.txt", "\u00e9clair.txt"])
        {
            (await server.Admin.PutAsync($"datasets/{id}/entries/{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}", path)).Must(201);
        }

        for (int turn = 0; turn < 2; turn++)
        {
            string version = turn == 0 ? "" : "&at=1";
            Assert.Equal("Frame_1.CBF frames/", await FoundAsync("delimiter=/&contains=rame" + version));
            Assert.Equal("Frame_1.CBF notes/FRAME.txt", await FoundAsync("contains=FRAME" + version));
            Assert.Equal("notes/FRAME.txt", await FoundAsync("delimiter=/&prefix=notes/&contains=e.T" + version));
            Assert.Equal("\u00e9clair.txt", await FoundAsync("contains=E%CC%81C" + version));
            Assert.Equal("", await FoundAsync("contains=one/cbf" + version));
            (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        }

        JsonElement first = (await server.Admin.GetAsync($"datasets/{id}/tree?contains=frame&limit=1")).Must(200).Json;
        Assert.Equal("Frame_1.CBF", first.GetProperty("next").GetString());
        Assert.Equal("notes/FRAME.txt", await FoundAsync("contains=frame&limit=1&after=Frame_1.CBF"));

        async Task<string> FoundAsync(string query)
        {
            JsonElement page = (await server.Admin.GetAsync($"datasets/{id}/tree?{query}")).Must(200).Json;
            IEnumerable<string?> items = page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("path").GetString());
            return string.Join(' ', [.. items, .. page.GetProperty("prefixes").EnumerateArray().Select(item => item.GetString())]);
        }
    }

    [Theory]
    [InlineData("/entries/a/../b")]
    [InlineData("/entries/a/%2e%2E/b")]
    [InlineData("/entries/./b")]
    [InlineData("/entries/a//b")]
    [InlineData("/entries/a%00b")]
    [InlineData("/entries/a%FFb")]
    [InlineData("/entries/a/")]
    public async Task A_path_that_breaks_a_rule_is_refused_and_not_bent_into_another(string tail)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("paths");

        string answer = await RawAsync(server, $"PUT /api/v1/datasets/{id}{tail} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.Admin.Token}\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Equal(0, (await server.Admin.GetAsync($"datasets/{id}/tree")).Must(200).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_server_without_analyses_says_that_it_makes_no_pictures_of_frames()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("frames");

        (await server.Admin.GetAsync($"datasets/{id}/entries/000001?bin=2")).MustRefuse(422, "unprocessable");
    }

    [Fact]
    public async Task An_upload_that_is_cut_leaves_nothing_visible()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("cut");
        foreach (int length in (int[])[100, 5_000_000])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
            string head = $"PUT /api/v1/datasets/{id}/entries/f{length} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.Admin.Token}\r\nContent-Length: {length}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + new string('x', length / 2)), TestContext.Current.CancellationToken);
            client.Client.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal(0, (await server.Admin.GetAsync($"datasets/{id}/tree")).Must(200).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task An_upload_from_which_nothing_comes_is_given_up()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiOptions { BodyIdleSeconds = 1, StopSeconds = 2 });
        string id = await server.Admin.DatasetAsync("slow");

        string answer = await RawAsync(server, $"PUT /api/v1/datasets/{id}/entries/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.Admin.Token}\r\nContent-Length: 10\r\n\r\nxx");

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Contains("aborted", answer);
        (await server.Admin.GetAsync($"datasets/{id}/entries/a")).MustRefuse(404, "not-found");
    }

    private static async Task<string> RawAsync(TestServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var buffer = new byte[64 * 1024];
        int count = await client.GetStream().ReadAtLeastAsync(buffer, 300, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}
