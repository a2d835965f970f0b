using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Whole versions as streams, read by independent programs.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task A_tar_archive_has_every_entry_under_its_own_name()
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, Dictionary<string, byte[]> files) = await FillAsync(server);

        Answer archive = (await server.Admin.GetAsync($"datasets/{id}/archive.tar")).Must(200);
        var members = Blobs.ReadTar(archive.Bytes).ToDictionary(member => member.Name);

        foreach ((string path, byte[] bytes) in files)
        {
            Assert.Equal(bytes, members[path].Bytes);
        }

        Assert.Equal("../target", members["link"].Link);
        Assert.Equal(TarEntryType.Directory, members["empty/"].Type);
        Assert.Equal(files.Count + 2, members.Count);
        Assert.Equal("attachment; filename=\"archive-1.tar\"", archive.Headers["Content-Disposition"]);
    }

    [Fact]
    public async Task A_zip_archive_has_every_entry_under_its_own_name()
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, Dictionary<string, byte[]> files) = await FillAsync(server);

        Answer archive = (await server.Admin.GetAsync($"datasets/{id}/archive.zip")).Must(200);
        using var zip = new ZipArchive(new MemoryStream(archive.Bytes), ZipArchiveMode.Read);

        foreach ((string path, byte[] bytes) in files)
        {
            using Stream stream = zip.GetEntry(path)!.Open();
            var read = new MemoryStream();
            await stream.CopyToAsync(read, TestContext.Current.CancellationToken);
            Assert.Equal(bytes, read.ToArray());
        }

        Assert.Equal(files.Count + 2, zip.Entries.Count);
        Assert.NotNull(zip.GetEntry("empty/"));
    }

    [Fact]
    public async Task An_archive_gives_a_file_the_permissions_that_are_kept()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("private");
        (await server.Admin.PutAsync($"datasets/{id}/entries/open", "1")).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { message = "one" })).Must(201);
        string push = (await server.Admin.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        object Private(string path, bool executable) => new
        {
            op = "put",
            path,
            kind = "file",
            hash = Blobs.Hash("1"),
            size = 1,
            executable,
            metadata = new Dictionary<string, string> { [":mode"] = "0600" },
        };
        (await server.Admin.PostLinesAsync($"sessions/{push}/commit", new { @base = 1, changes = 2 }, Private("key", false), Private("run", true))).Must(200);

        using var tar = new TarReader(new MemoryStream((await server.Admin.GetAsync($"datasets/{id}/archive.tar")).Must(200).Bytes));
        var modes = new List<string>();
        while (await tar.GetNextEntryAsync(cancellationToken: TestContext.Current.CancellationToken) is { } entry)
        {
            modes.Add($"{entry.Name} {Convert.ToString((int)entry.Mode, 8)}");
        }

        Assert.Equal(["key 600", "open 644", "run 700"], modes);
        using var zip = new ZipArchive(new MemoryStream((await server.Admin.GetAsync($"datasets/{id}/archive.zip")).Must(200).Bytes));
        Assert.Equal(["100600", "100644", "100700"], zip.Entries.Select(e => Convert.ToString(e.ExternalAttributes >>> 16, 8)));
    }

    [Fact]
    public async Task A_part_of_a_version_can_be_asked_for()
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, _) = await FillAsync(server);

        Answer files = (await server.Admin.GetAsync($"datasets/{id}/files?prefix=d/")).Must(200);
        Answer archive = (await server.Admin.GetAsync($"datasets/{id}/archive.tar?at=1&prefix=d/")).Must(200);

        Assert.All(Blobs.ReadTar(archive.Bytes), member => Assert.StartsWith("d/", member.Name));
        Assert.All(files.Lines.SkipLast(1), line => Assert.StartsWith("d/", line.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task Some_files_and_folders_can_be_asked_for_as_one_archive()
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, _) = await FillAsync(server);

        Answer tar = (await server.Admin.GetAsync($"datasets/{id}/archive.tar?path=zero&path=d/&path=a.txt&path=d/%C3%BCn%C3%AF.bin")).Must(200);
        Answer zip = (await server.Admin.GetAsync($"datasets/{id}/archive.zip?path=zero")).Must(200);

        Assert.Equal(["a.txt", "d/" + new string('x', 200) + "/long", "d/ünï.bin", "zero"], Blobs.ReadTar(tar.Bytes).Select(member => member.Name));
        using var read = new ZipArchive(new MemoryStream(zip.Bytes), ZipArchiveMode.Read);
        Assert.Equal(["zero"], read.Entries.Select(entry => entry.FullName));
        (await server.Admin.GetAsync($"datasets/{id}/archive.tar?path=../up")).Must(400);
    }

    [Fact]
    public async Task A_difference_names_what_was_added_removed_and_changed()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("differs");
        foreach (string path in (string[])["same", "changed", "removed"])
        {
            (await server.Admin.PutAsync($"datasets/{id}/entries/{path}", "1")).Must(201);
        }

        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { message = "one", tag = "first" })).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/changed", "2")).Must(204);
        (await server.Admin.PutAsync($"datasets/{id}/entries/added", "2")).Must(201);
        (await server.Admin.DeleteAsync($"datasets/{id}/entries/removed")).Must(204);

        Answer difference = (await server.Admin.GetAsync($"datasets/{id}/diff?from=first")).Must(200);

        Assert.Equal("2", difference.Headers["X-Hutch-Snapshot"]);
        Assert.Equal(
            ["added added", "changed changed", "removed removed"],
            difference.Lines.SkipLast(1).Select(line => $"{line.GetProperty("path").GetString()} {line.GetProperty("change").GetString()}"));
        Assert.Equal(Blobs.Hash("1"), difference.Lines[1].GetProperty("before").GetProperty("hash").GetString());
        Assert.Equal(Blobs.Hash("2"), difference.Lines[1].GetProperty("after").GetProperty("hash").GetString());
        Assert.Single((await server.Admin.GetAsync($"datasets/{id}/diff?from=1&to=1")).Must(200).Lines);
    }

    [Fact]
    public async Task Comparing_two_datasets_requires_the_right_to_read_both()
    {
        await using TestServer server = await TestServer.StartAsync();
        (TestCaller ada, TestCaller eve) = (await server.UserAsync("ada"), await server.UserAsync("eve"));
        (string mine, string hers) = (await ada.DatasetAsync("mine"), await eve.DatasetAsync("hers"));
        (await ada.PutAsync($"datasets/{mine}/entries/only-mine", "1")).Must(201);
        (await eve.PutAsync($"datasets/{hers}/entries/only-hers", "2")).Must(201);

        Assert.Equal(404, (await ada.GetAsync($"datasets/{mine}/diff?with={hers}")).Status);
        Assert.Equal(404, (await ada.GetAsync($"datasets/{hers}/diff?with={mine}")).Status);
        (await eve.PutJsonAsync($"datasets/{hers}/grants/user:ada", new { right = "read" })).Must(200);
        Answer difference = (await ada.GetAsync($"datasets/{mine}/diff?with={hers}")).Must(200);

        Assert.Equal(
            ["only-hers added", "only-mine removed"],
            difference.Lines.SkipLast(1).Select(line => $"{line.GetProperty("path").GetString()} {line.GetProperty("change").GetString()}"));
        Assert.Equal(400, (await ada.GetAsync($"datasets/{mine}/diff?with=hers")).Status);
    }

    [Fact]
    public async Task Snapshots_have_numbers_tags_parents_and_never_change()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("history");
        foreach (int i in Enumerable.Range(1, 3))
        {
            (await server.Admin.PutAsync($"datasets/{id}/entries/f{i}", "x")).Must(201);
            (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { message = $"m{i}" })).Must(201);
        }

        JsonElement list = (await server.Admin.GetAsync($"datasets/{id}/snapshots?limit=2")).Must(200).Json;
        Assert.Equal([3L, 2L], list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("number").GetInt64()));
        Assert.Equal("2", list.GetProperty("next").GetString());
        Assert.Equal(list.GetProperty("items")[1].GetProperty("root").GetString(), list.GetProperty("items")[0].GetProperty("parent").GetString());
        (await server.Admin.PutJsonAsync($"datasets/{id}/tags/good", new { snapshot = 2 })).Must(200);
        string root = (await server.Admin.GetAsync($"datasets/{id}/snapshots/good")).Must(200).Json.GetProperty("root").GetString()!;
        Assert.Equal(2, (await server.Admin.GetAsync($"datasets/{id}/snapshots/{root[..12]}")).Must(200).Json.GetProperty("number").GetInt64());
        (await server.Admin.GetAsync($"datasets/{id}/entries/f3?at=good")).MustRefuse(404, "not-found");
        (await server.Admin.GetAsync($"datasets/{id}/entries/f2?at=2")).Must(200);
        (await server.Admin.DeleteAsync($"datasets/{id}/tags/good")).Must(204);
        (await server.Admin.GetAsync($"datasets/{id}/snapshots/good")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_verification_reads_everything_and_says_so_at_its_end()
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, Dictionary<string, byte[]> files) = await FillAsync(server);

        Answer verified = (await server.Admin.SendAsync(HttpMethod.Post, $"datasets/{id}/verify", null)).Must(200);

        JsonElement last = verified.Lines[^1];
        Assert.StartsWith("{\"end\":true,\"ok\":true", verified.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal(files.Count, last.GetProperty("checked").GetInt64());
        Assert.Equal(files.Values.Sum(bytes => (long)bytes.Length), last.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Events_come_as_they_happen_and_go_on_after_the_last_one_seen()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("watched");
        using HttpResponseMessage response = await server.Admin.OpenAsync($"events?dataset={id}");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), Encoding.UTF8);

        (await server.Admin.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        (string number, string kind, JsonElement data) = await NextAsync(reader);
        Assert.Equal("entry.put", kind);
        Assert.Equal("a", data.GetProperty("data").GetProperty("path").GetString());

        (await server.Admin.PutAsync($"datasets/{id}/entries/b", "2")).Must(201);
        using HttpResponseMessage again = await server.Admin.OpenAsync($"events?after={number}");
        using var later = new StreamReader(await again.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), Encoding.UTF8);
        Assert.Equal("b", (await NextAsync(later)).Data.GetProperty("data").GetProperty("path").GetString());
    }

    private static async Task<(string Id, string Kind, JsonElement Data)> NextAsync(StreamReader reader)
    {
        var fields = new Dictionary<string, string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length == 0 && fields.TryGetValue("data", out string? data))
            {
                return (fields["id"], fields["event"], JsonDocument.Parse(data).RootElement);
            }

            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0)
            {
                fields[line[..colon]] = line[(colon + 2)..];
            }
        }

        throw new EndOfStreamException();
    }

    /// <summary>A dataset with a file of each kind.</summary>
    internal static async Task<(string Id, Dictionary<string, byte[]> Files)> FillAsync(TestServer server)
    {
        string id = await server.Admin.DatasetAsync("archive");
        var files = new Dictionary<string, byte[]>
        {
            ["a.txt"] = "hello"u8.ToArray(),
            ["d/ünï.bin"] = Blobs.Random(1, 70_000),
            ["d/" + new string('x', 200) + "/long"] = Blobs.Random(2, 513),
            ["large"] = Blobs.Random(3, 5_000_000),
            ["zero"] = [],
        };
        foreach ((string path, byte[] bytes) in files)
        {
            string escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
            (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/{escaped}", new ByteArrayContent(bytes))).Must(201);
        }

        (await server.Admin.PutAsync($"datasets/{id}/entries/link", "../target", ("Content-Type", "application/x-hutch-link"))).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/empty", "", ("Content-Type", "application/x-hutch-directory"))).Must(201);
        return (id, files);
    }
}
