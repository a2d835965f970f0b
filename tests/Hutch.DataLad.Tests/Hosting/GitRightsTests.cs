using System.Net;
using System.Text;
using Hutch.DataLad.Tests.Support;
using Hutch.Model;
using Hutch.Model.NarrowedTokens;

namespace Hutch.DataLad.Tests.Hosting;

/// <summary>The matrix of rights and requests at the door of git: what <c>docs/datalad.md</c> promises, and nothing more.</summary>
public sealed class GitRightsTests
{
    private const string Key = "MD5-s4--098f6bcd4621d373cade4e832627b4f6";

    private static readonly (string Method, string Path, byte[]? Body, bool Writes)[] Requests =
    [
        ("GET", "info/refs?service=git-upload-pack", null, false),
        ("POST", "git-upload-pack", Encoding.ASCII.GetBytes("0014command=ls-refs\n00010000"), false),
        ("GET", "HEAD", null, false),
        ("GET", "config", null, false),
        ("GET", "annex/objects/" + Key, null, false),
        ("HEAD", "annex/objects/" + Key, null, false),
        ("GET", "info/refs?service=git-receive-pack", null, true),
        ("POST", "git-receive-pack", Encoding.ASCII.GetBytes("0000"), true),
        ("PUT", "annex/objects/" + Key, Encoding.ASCII.GetBytes("test"), true),
        ("POST", "info/lfs/objects/batch", Encoding.ASCII.GetBytes("{\"operation\":\"download\"}"), false),
        ("POST", "info/lfs/objects/batch", Encoding.ASCII.GetBytes("{\"operation\":\"upload\"}"), true),
        ("PUT", "info/lfs/objects/keys/" + Key, Encoding.ASCII.GetBytes("test"), true),
    ];

    [Fact]
    public void The_page_names_each_request_and_its_right()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Root(), "docs", "datalad.md"))
            .SkipWhile(static line => line != "## Requests and rights").Skip(1)
            .TakeWhile(static line => !line.StartsWith('#')).Where(static line => line.StartsWith("| `", StringComparison.Ordinal))];
        HashSet<(string, bool)> written = [.. rows.SelectMany(static row =>
        {
            string[] cells = row.Split('|');
            return cells[1].Split('`').Where(static (_, i) => i % 2 == 1)
                .SelectMany(request => new[] { (request, false), (request, true) }
                    .Where(one => cells[2].Contains(one.Item2 ? "write" : "read", StringComparison.Ordinal)));
        })];

        Assert.Equal(
            Requests.Select(static one => ($"{one.Method} {one.Path.Replace("objects/" + Key, "objects/…/KEY", StringComparison.Ordinal)
                .Replace("keys/" + Key, "keys/KEY", StringComparison.Ordinal)}", one.Writes)).Order(),
            written.Order());
    }

    [Fact]
    public async Task A_key_of_a_folder_is_refused_by_each_request_and_another_narrowed_key_is_not()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false, ("raw/a", "test"), ("secret", "s"));
        await server.FixAsync(id);
        string made = (await server.RestAsync(HttpMethod.Post, "tokens", new { narrowable = true })).GetProperty("token").GetString()!;
        NarrowedToken root = NarrowedToken.Parse(made).Value;
        var folder = new FolderOfDataset(new DatasetId(Guid.Parse(id)), DatasetPath.Parse("raw").Value);
        string key = root.Narrow(new TokenRestrictions { Folder = folder }).Value.Text;
        string other = root.Narrow(new TokenRestrictions { Datasets = [folder.Dataset], Doors = TokenDoors.Git }).Value.Text;
        string rest = root.Narrow(new TokenRestrictions { Doors = TokenDoors.Rest }).Value.Text;

        foreach ((string method, string path, byte[]? body, _) in Requests)
        {
            foreach (string at in (string[])[$"git/{id}", $"ria/{id[..3]}/{id[3..]}"])
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await server.GitAsync(new HttpMethod(method), $"{at}/{path}", key, body)).Status);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await server.GitAsync(HttpMethod.Get, $"git/{id}/info/refs?service=git-upload-pack", other)).Status);
        Assert.Equal(
            HttpStatusCode.Forbidden, (await server.GitAsync(HttpMethod.Get, $"git/{id}/info/refs?service=git-upload-pack", rest)).Status);
    }

    private static string Root()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Hutch.slnx")))
        {
            at = Path.GetDirectoryName(at)!;
        }

        return at;
    }

    [Theory]
    [InlineData("view", false, false)]
    [InlineData("read", true, false)]
    [InlineData("write", true, true)]
    [InlineData("manage", true, true)]
    public async Task A_right_on_a_private_dataset_allows_exactly_its_requests(string right, bool mayRead, bool mayWrite)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false, ("a.bin", "bytes"));
        string ann = await server.UserAsync("ann");
        await server.GitAsync(HttpMethod.Put, $"git/{id}/annex/objects/{Key}", server.AdminToken, "test"u8.ToArray());
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:ann", new { right });

        foreach ((string method, string path, byte[]? body, bool writes) in Requests)
        {
            GitAnswer answer = await server.GitAsync(new HttpMethod(method), $"git/{id}/{path}", ann, body);

            HttpStatusCode expected = (writes ? mayWrite : mayRead) ? HttpStatusCode.OK : HttpStatusCode.Forbidden;
            Assert.True(answer.Status == expected, $"{right}: {method} {path} was {answer.Status}, not {expected}");
        }
    }

    [Fact]
    public async Task A_member_of_a_visit_that_has_ended_reads_and_writes_nothing()
    {
        await using GitServer server = await GitServer.StartAsync();
        string ann = await server.UserAsync("ann");
        var visit = new { name = "cm1-1", proposal = "cm1", begin = "2026-01-01", end = "2090-01-01", people = new[] { new { user = "ann" } } };
        await server.RestAsync(HttpMethod.Post, "visits", visit);
        string id = (await server.RestAsync(HttpMethod.Post, "datasets", new { name = "cm1-1/data" }, ann)).GetProperty("id").GetString()!;
        GitAnswer before = await server.GitAsync(HttpMethod.Put, $"git/{id}/annex/objects/{Key}", ann, "test"u8.ToArray());

        await server.RestAsync(HttpMethod.Post, "visits/cm1-1/end");

        Assert.Equal(HttpStatusCode.OK, before.Status);
        foreach ((string method, string path, byte[]? body, bool writes) in Requests)
        {
            GitAnswer answer = await server.GitAsync(new HttpMethod(method), $"git/{id}/{path}", ann, body);
            HttpStatusCode expected = writes ? HttpStatusCode.Forbidden : HttpStatusCode.OK;
            Assert.True(answer.Status == expected, $"{method} {path} was {answer.Status}, not {expected}");
        }
    }

    [Fact]
    public async Task Without_a_right_a_private_dataset_appears_missing_and_a_public_one_is_read_only()
    {
        await using GitServer server = await GitServer.StartAsync();
        string secret = await server.NewDatasetAsync("secret", isPublic: false, ("a.bin", "bytes"));
        string open = await server.NewDatasetAsync("open", isPublic: true, ("a.bin", "bytes"));
        await server.GitAsync(HttpMethod.Put, $"git/{open}/annex/objects/{Key}", server.AdminToken, "test"u8.ToArray());
        string ann = await server.UserAsync("ann");

        foreach ((string method, string path, byte[]? body, bool writes) in Requests)
        {
            async Task<HttpStatusCode> AskAsync(string id, string? token) =>
                (await server.GitAsync(new HttpMethod(method), $"git/{id}/{path}", token, body)).Status;

            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(secret, ann));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(secret, null));
            Assert.Equal(writes ? HttpStatusCode.Forbidden : HttpStatusCode.OK, await AskAsync(open, ann));
            Assert.Equal(writes ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, await AskAsync(open, null));
        }
    }
}
