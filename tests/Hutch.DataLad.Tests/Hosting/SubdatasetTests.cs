using System.Net;
using System.Text;
using System.Text.Json;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Hosting;

/// <summary>
/// <c>git clone --recurse-submodules</c> asks for a subdataset with a relative address at a path below its superdataset, which leads to the
/// dataset inside for who may read that one too.
/// </summary>
public sealed class SubdatasetTests
{
    private const string Refs = "info/refs?service=git-upload-pack";

    [Theory]
    [InlineData("sub/inner", "sub/inner", "./sub/inner")]
    [InlineData("sub/inner", "elsewhere", "./sub/inner")]
    [InlineData("sub/inner.git", "sub/inner", "./sub/inner/")]
    [InlineData("sub/with%20blank", "\"sub/with blank\"", "\"./sub/with blank\"")]
    public async Task A_path_that_gitmodules_names_is_the_repository_of_the_dataset_inside(string asked, string path, string url)
    {
        await using GitServer server = await GitServer.StartAsync();
        string inner = await server.NewDatasetAsync("inner", isPublic: false, ("a.txt", "inside"));
        await server.NewDatasetAsync("super", isPublic: false, (".gitmodules", Module("one", path, url, inner)));

        foreach ((HttpMethod method, string rest, byte[]? body) in ((HttpMethod, string, byte[]?)[])
            [(HttpMethod.Get, Refs, null), (HttpMethod.Get, "config", null), (HttpMethod.Post, "git-upload-pack", "0014command=ls-refs\n00010000"u8.ToArray())])
        {
            GitAnswer below = await server.GitAsync(method, $"git/admin/super/{asked}/{rest}", server.AdminToken, body);
            GitAnswer itself = await server.GitAsync(method, $"git/{inner}/{rest}", server.AdminToken, body);

            Assert.Equal((HttpStatusCode.OK, itself.Text), (below.Status, below.Text));
        }
    }

    [Fact]
    public async Task A_dataset_inside_a_dataset_inside_is_found_and_one_that_names_itself_ends()
    {
        await using GitServer server = await GitServer.StartAsync();
        string deepest = await server.NewDatasetAsync("deepest", isPublic: false, ("a.txt", "inside"));
        string inner = await server.NewDatasetAsync("inner", isPublic: false, (".gitmodules", Module("deep", "b/c", "./b/c", deepest)));
        string super = await server.NewDatasetAsync("super", isPublic: false);
        await server.RestAsync(
            HttpMethod.Put, $"datasets/{super}/entries/.gitmodules", Module("in", "a", "./a", inner) + Module("me", "me", "./me", super));
        await server.FixAsync(super);

        Assert.Equal(HttpStatusCode.OK, (await server.GitAsync(HttpMethod.Get, $"git/{super}/a/b/c/{Refs}", server.AdminToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.GitAsync(HttpMethod.Get, $"git/{super}/me/me/a/{Refs}", server.AdminToken)).Status);
        string endless = string.Concat(Enumerable.Repeat("me/", 100));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GitAsync(HttpMethod.Get, $"git/{super}/{endless}{Refs}", server.AdminToken)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GitAsync(HttpMethod.Get, $"git/{super}/b/{Refs}", server.AdminToken)).Status);
    }

    [Fact]
    public async Task A_private_subdataset_appears_missing_to_callers_without_the_right_to_read()
    {
        await using GitServer server = await GitServer.StartAsync();
        string hidden = await server.NewDatasetAsync("hidden", isPublic: false, ("a.txt", "inside"));
        string nothing = Guid.NewGuid().ToString();
        await server.NewDatasetAsync(
            "super", isPublic: true, (".gitmodules", Module("h", "hidden", "./hidden", hidden) + Module("n", "nothing", "./nothing", nothing)));
        string ann = await server.UserAsync("ann");

        foreach (string? token in (string?[])[null, ann])
        {
            GitAnswer there = await server.GitAsync(HttpMethod.Get, $"git/admin/super/hidden/{Refs}", token);
            GitAnswer absent = await server.GitAsync(HttpMethod.Get, $"git/admin/super/nothing/{Refs}", token);

            Assert.Equal(token is null ? HttpStatusCode.Unauthorized : HttpStatusCode.NotFound, there.Status);
            Assert.Equal(absent.Status, there.Status);
            Assert.Equal(absent.Text.Replace(nothing, "ID", StringComparison.Ordinal), there.Text.Replace(hidden, "ID", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_version_lists_its_subdatasets_at_the_commits_that_it_names()
    {
        await using GitServer server = await GitServer.StartAsync();
        string pushed = await server.NewDatasetAsync("pushed", isPublic: false);
        ObjectId first = await PushAsync(server, pushed, default, pack => pack.AddTree(("100644", "a.txt", pack.AddBlob("old"))));
        ObjectId second = await PushAsync(server, pushed, first, pack => pack.AddTree(("100644", "a.txt", pack.AddBlob("new"))));
        string made = await server.NewDatasetAsync("made", isPublic: false, ("a.txt", "inside"));
        Assert.True(ObjectId.TryParse(Encoding.ASCII.GetBytes((await server.RefsAsync(made)).Split(" refs/heads/main")[0][^40..]), out ObjectId tip));
        ObjectId absent = ObjectId.Compute(ObjectKind.Commit, "absent"u8);
        string outer = await server.NewDatasetAsync("outer", isPublic: true);
        string list = Module("a", "b/new", "./b/new", pushed) + Module("b", "absent", "./absent", pushed) + Module("c", "made", "./made", made)
            + Module("d", "old", "./old", pushed) + Module("e", "file", "./file", pushed) + "[submodule \"f\"]\n\tpath = b/plain\n\turl = ./x\n";
        await PushAsync(server, outer, default, pack => pack.AddTree(
            ("100644", ".gitmodules", pack.AddBlob(list)), ("160000", "absent", absent),
            ("40000", "b", pack.AddTree(("160000", "new", second), ("160000", "plain", first))), ("100644", "file", pack.AddBlob("x")),
            ("160000", "made", tip), ("160000", "old", first)));
        await server.RestAsync(HttpMethod.Put, $"datasets/{outer}/entries/later.txt", "by another way than git");
        await server.FixAsync(outer);

        foreach (int version in (int[])[1, 2])
        {
            Assert.Equal(
                [
                    ("absent", $"{absent}", null), ("b/new", $"{second}", 2), ("b/plain", $"{first}", null), ("file", null, null), ("made", $"{tip}", 1),
                    ("old", $"{first}", 1),
                ],
                await ListAsync(server, outer, version, server.AdminToken));
        }

        string ann = await server.UserAsync("ann");
        Assert.All(await ListAsync(server, outer, 1, ann), static one => Assert.Null(one.Snapshot));
        Assert.Equal(2, (await server.RestAsync(HttpMethod.Get, $"datasets/{pushed}/snapshots/{second}")).GetProperty("number").GetInt32());
    }

    private static async Task<ObjectId> PushAsync(GitServer server, string id, ObjectId before, Func<PackBuilder, ObjectId> tree)
    {
        var pack = new PackBuilder();
        ObjectId commit = before.IsZero ? pack.AddCommit(tree(pack)) : pack.AddCommit(tree(pack), before);
        GitAnswer answer = await server.PushAsync(id, pack, ("refs/heads/main", before, commit));
        Assert.Contains("ok refs/heads/main", answer.Text, StringComparison.Ordinal);
        return commit;
    }

    /// <summary>Reads the list in pages of two.</summary>
    private static async Task<List<(string Path, string? Commit, int? Snapshot)>> ListAsync(GitServer server, string id, int version, string token)
    {
        var all = new List<(string, string?, int?)>();
        string cursor = "";
        do
        {
            JsonElement page = await server.RestAsync(
                HttpMethod.Get, $"datasets/{id}/snapshots/{version}/subdatasets?limit=2{cursor}", token: token);
            all.AddRange(page.GetProperty("items").EnumerateArray().Select(static one => (
                one.GetProperty("path").GetString()!,
                one.TryGetProperty("commit", out JsonElement commit) ? commit.GetString() : null,
                one.TryGetProperty("snapshot", out JsonElement number) ? (int?)number.GetInt32() : null)));
            cursor = page.TryGetProperty("next", out JsonElement next) ? "&cursor=" + Uri.EscapeDataString(next.GetString()!) : "";
        }
        while (cursor.Length > 0);
        return all;
    }

    private static string Module(string name, string path, string url, string id) =>
        $"[submodule \"{name}\"]\n\tpath = {path}\n\turl = {url}\n\tdatalad-id = {id}\n";
}
