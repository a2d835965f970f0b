using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Hutch.DataLad.Annex;
using Hutch.DataLad.Hosting;
using Hutch.DataLad.Tests.Support;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.DataLad.Tests.Hosting;

/// <summary>Who gets what at the door of git, and what others learn.</summary>
public sealed class GitDoorTests
{
    private const string Refs = "info/refs?service=git-upload-pack";

    private static readonly byte[] ListRefs = Encoding.ASCII.GetBytes("0014command=ls-refs\n00010000");

    [Fact]
    public async Task Anonymous_callers_must_log_in_whether_or_not_a_dataset_exists()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("secret", isPublic: false, ("a.bin", "bytes"));

        GitAnswer there = await server.GitAsync(HttpMethod.Get, "git/admin/secret/" + Refs);
        GitAnswer notThere = await server.GitAsync(HttpMethod.Get, "git/admin/nothing/" + Refs);
        GitAnswer byId = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}");
        GitAnswer noId = await server.GitAsync(HttpMethod.Get, $"git/{Guid.NewGuid()}/{Refs}");

        Assert.Equal(HttpStatusCode.Unauthorized, there.Status);
        Assert.StartsWith("Basic ", there.Asks, StringComparison.Ordinal);
        Assert.All([notThere, byId, noId], answer => Assert.Equal(there.Said, answer.Said));
    }

    [Fact]
    public async Task Others_learn_nothing_of_a_private_dataset_and_readers_read_it()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("secret", isPublic: false, ("a.bin", "bytes"));
        string ann = await server.UserAsync("ann");
        string key = KeyOf("bytes", ".bin");

        GitAnswer before = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", ann);
        GitAnswer nothing = await server.GitAsync(HttpMethod.Get, $"git/{Guid.NewGuid()}/{Refs}", ann);
        GitAnswer bytesBefore = await server.GitAsync(HttpMethod.Head, $"git/{id}/annex/objects/a/b/{key}/{key}", ann);
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:ann", new { right = "read" });
        GitAnswer after = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", ann);
        GitAnswer bytesAfter = await server.GitAsync(HttpMethod.Get, $"git/{id}/annex/objects/a/b/{key}/{key}", ann);

        Assert.Equal(HttpStatusCode.NotFound, before.Status);
        Assert.Equal(nothing.Status, before.Status);
        Assert.Equal(nothing.Asks, before.Asks);
        Assert.Equal(HttpStatusCode.NotFound, bytesBefore.Status);
        Assert.Equal(HttpStatusCode.OK, after.Status);
        Assert.Equal("bytes", bytesAfter.Text);
    }

    [Fact]
    public async Task The_right_to_view_a_dataset_does_not_allow_reading_its_files()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("seen", isPublic: false, ("a.bin", "bytes"));
        string ann = await server.UserAsync("ann");
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:ann", new { right = "view" });

        GitAnswer refused = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", ann);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
    }

    [Theory]
    [InlineData("not-a-token")]
    [InlineData("hutch_0000000000000000_0000000000000000_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_wrong_token_is_refused_for_a_public_dataset_too(string token)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("open", isPublic: true, ("a.bin", "bytes"));

        GitAnswer refused = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", token);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
    }

    [Fact]
    public async Task A_key_opens_only_what_a_version_of_the_dataset_has()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("mine", isPublic: true, ("a.bin", "bytes"));
        await server.NewDatasetAsync("other", isPublic: false, ("b.bin", "others"));
        (string mine, string foreign, string wrongSize) = (KeyOf("bytes", ".nii"), KeyOf("others", ""), KeyOf("bytes", "").Replace("-s5-", "-s6-", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, (await HeadAsync(server, id, mine)).Status);
        Assert.Equal(5, (await HeadAsync(server, id, mine)).Length);
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(server, id, foreign)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(server, id, foreign, server.AdminToken)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(server, id, wrongSize, server.AdminToken)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(server, id, "MD5E-s5--4b3c8a3e5b8ba21d6d5c5c0a3f7a0d5a", server.AdminToken)).Status);
    }

    [Fact]
    public async Task The_files_of_an_older_version_are_there_too()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true, ("a.bin", "first"));
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/a.bin", "second");
        await server.FixAsync(id);

        Assert.Equal(HttpStatusCode.OK, (await HeadAsync(server, id, KeyOf("first", ".bin"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await HeadAsync(server, id, KeyOf("second", ".bin"))).Status);
    }

    [Fact]
    public async Task Bytes_that_end_by_themselves_are_given_out_and_never_said_to_be_held()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = (await server.RestAsync(HttpMethod.Post, "datasets", new { name = "short", transientDays = 2 })).GetProperty("id").GetString()!;
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/a.bin", "bytes");
        await server.FixAsync(id);
        string key = KeyOf("bytes", ".bin");

        GitAnswer held = await HeadAsync(server, id, key, server.AdminToken);
        GitAnswer given = await server.GitAsync(HttpMethod.Get, $"git/{id}/annex/objects/{key}/{key}", server.AdminToken);

        Assert.Equal(HttpStatusCode.NotFound, held.Status);
        Assert.Equal("bytes", given.Text);
    }

    [Fact]
    public async Task A_dataset_in_the_trash_or_purged_is_gone_in_words_and_holds_nothing()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false, ("a.bin", "bytes"));
        await server.RestAsync(HttpMethod.Delete, $"datasets/{id}");

        GitAnswer trashed = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", server.AdminToken);
        GitAnswer key = await HeadAsync(server, id, KeyOf("bytes", ".bin"), server.AdminToken);
        await server.RestAsync(HttpMethod.Post, $"datasets/{id}/purge", new { reason = "law" });
        GitAnswer purged = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", server.AdminToken);

        Assert.Equal(HttpStatusCode.Gone, trashed.Status);
        Assert.Contains("trash", trashed.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, key.Status);
        Assert.Equal(HttpStatusCode.Gone, purged.Status);
    }

    [Fact]
    public async Task A_dataset_without_a_version_that_stays_says_to_strangers_what_to_do()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("empty", isPublic: true);
        GitAnswer empty = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", server.AdminToken);
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/a.bin", "bytes");

        GitAnswer answer = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}");

        Assert.Equal(HttpStatusCode.OK, empty.Status);
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains("hutch snapshot", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_dataset_that_changed_gets_a_version_when_a_reader_asks_and_one_an_hour_at_most()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string ann = await server.UserAsync("ann");
        async Task<int> VersionsAsync()
        {
            await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", ann);
            return (await server.RestAsync(HttpMethod.Get, $"datasets/{id}/snapshots")).GetProperty("items").EnumerateArray()
                .Count(static one => one.TryGetProperty("message", out JsonElement message) && message.GetString()!.Contains("git asked", StringComparison.Ordinal));
        }

        int none = await VersionsAsync();
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/a.bin", "bytes");
        int first = await VersionsAsync();
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/a.bin", "other");
        int soon = await VersionsAsync();
        time.Jump(TimeSpan.FromMinutes(61));
        int later = await VersionsAsync();
        time.Jump(TimeSpan.FromMinutes(61));
        int unchanged = await VersionsAsync();

        Assert.Equal((0, 1, 1, 2, 2), (none, first, soon, later, unchanged));
        Assert.Contains(
            "refs/heads/main", (await server.GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", body: ListRefs)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commits_are_the_same_after_a_restart_and_after_a_rename()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true, ("a.bin", "bytes"), ("notes.txt", "words"));
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/b.bin", "more");
        await server.FixAsync(id, tag: "v1");
        GitAnswer before = await server.GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", body: ListRefs);

        await server.RestAsync(HttpMethod.Patch, $"datasets/{id}", new { slug = "renamed", title = "T" });
        await server.RestAsync(HttpMethod.Patch, "me", new { displayName = "Another Name" });
        await server.RestartAsync();
        GitAnswer after = await server.GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", body: ListRefs);

        Assert.Contains("refs/tags/v1", before.Text, StringComparison.Ordinal);
        Assert.Equal(before.Text, after.Text);
    }

    [Fact]
    public async Task A_request_may_be_packed_and_however_packed_has_a_limit()
    {
        await using GitServer server = await GitServer.StartAsync(new DataLadOptions { MaxRequestBytes = 1 << 10 });
        string id = await server.NewDatasetAsync("data", isPublic: true, ("a.bin", "bytes"));

        GitAnswer good = await server.GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", body: Gzip(ListRefs), coding: "gzip");
        GitAnswer bomb = await server.GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", body: Gzip(new byte[10 << 20]), coding: "gzip");
        GitAnswer noise = await server.GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", body: [1, 2, 3], coding: "gzip");
        GitAnswer unknown = await server.GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", body: ListRefs, coding: "br");

        Assert.Contains("refs/heads/main", good.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, bomb.Status);
        Assert.Equal(HttpStatusCode.BadRequest, noise.Status);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.Status);
    }

    [Fact]
    public async Task A_version_with_too_many_files_is_refused_before_any_work()
    {
        await using GitServer server = await GitServer.StartAsync(new DataLadOptions { MaxFiles = 1 });
        string id = await server.NewDatasetAsync("data", isPublic: true, ("a.bin", "a"), ("b.bin", "b"));

        GitAnswer answer = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Contains("dataLad.maxFiles", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unsupported_git_requests_are_refused_with_an_explanation()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true, ("a.bin", "bytes"));

        GitAnswer archive = await server.GitAsync(HttpMethod.Get, $"git/{id}/info/refs?service=git-upload-archive", server.AdminToken);
        GitAnswer dumb = await server.GitAsync(HttpMethod.Get, $"git/{id}/info/refs", server.AdminToken);
        GitAnswer old = await server.GitAsync(HttpMethod.Get, $"git/{id}/{Refs}", protocol: null);
        GitAnswer foreign = await server.GitAsync(
            HttpMethod.Post, $"git/{id}/git-upload-pack",
            body: Encoding.ASCII.GetBytes("0012command=fetch\n00010032want ce013625030ba8dba906f756967f9e9ca394464a\n0009done\n0000"));

        Assert.Equal(HttpStatusCode.NotFound, archive.Status);
        Assert.Equal(HttpStatusCode.BadRequest, dumb.Status);
        Assert.Contains("ERR Hutch speaks version 2", old.Text, StringComparison.Ordinal);
        Assert.Contains("ERR ce013625030ba8dba906f756967f9e9ca394464a is not here", foreign.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/git")]
    [InlineData("/git/")]
    [InlineData("/git/admin")]
    [InlineData("/ria/")]
    [InlineData("/ria/alias")]
    [InlineData("/ria/5f8/nothing/config")]
    [InlineData("/ria/alias/x")]
    public void Paths_that_name_no_dataset_are_none(string path) => Assert.Null(GitRoute.Parse(path) is { Dataset.Length: > 0 } route ? route : null);

    [Theory]
    [InlineData("/git/admin/five/info/refs", "admin/five", "info/refs", false)]
    [InlineData("/git/admin/five.git/HEAD", "admin/five", "HEAD", false)]
    [InlineData("/git/5f8bcc5a-e0cd-41d7-95d8-5b0803dca1ff/config", "5f8bcc5a-e0cd-41d7-95d8-5b0803dca1ff", "config", false)]
    [InlineData("/ria/5f8/bcc5a-e0cd-41d7-95d8-5b0803dca1ff/config", "5f8bcc5a-e0cd-41d7-95d8-5b0803dca1ff", "config", true)]
    [InlineData("/ria/alias/admin/five/config", "admin/five", "config", true)]
    [InlineData("/ria/ria-layout-version", "", "ria-layout-version", true)]
    public void Paths_name_a_dataset_and_a_file_of_its_repository(string path, string dataset, string rest, bool isRia) =>
        Assert.Equal(new GitRoute(dataset, rest, isRia), GitRoute.Parse(path));

    private static Task<GitAnswer> HeadAsync(GitServer server, string id, string key, string? token = null) =>
        server.GitAsync(HttpMethod.Head, $"ria/{id[..3]}/{id[3..]}/annex/objects/aa/bb/{key}/{key}", token);

    private static string KeyOf(string content, string extension)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        return new AnnexKey(BlobHash.Compute(bytes), bytes.Length, extension).ToString();
    }

    private static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
