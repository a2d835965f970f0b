using System.Net;
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

    private static string Module(string name, string path, string url, string id) =>
        $"[submodule \"{name}\"]\n\tpath = {path}\n\turl = {url}\n\tdatalad-id = {id}\n";
}
