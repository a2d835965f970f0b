using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>A push to a name that is free creates the dataset; nothing else does.</summary>
public sealed class NewDatasetTests
{
    private const string Main = "refs/heads/main";

    [Fact]
    public async Task A_push_to_a_free_name_creates_the_dataset()
    {
        await using GitServer server = await GitServer.StartAsync();
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));

        GitAnswer looked = await server.GitAsync(HttpMethod.Get, "git/admin/fresh.git/info/refs?service=git-receive-pack", server.AdminToken);
        GitAnswer probe = await server.GitAsync(HttpMethod.Post, "git/admin/fresh/git-receive-pack", server.AdminToken, "0000"u8.ToArray());
        int before = await CountAsync(server);
        GitAnswer pushed = await server.PushAsync("admin/fresh", pack, (Main, default, commit));

        Assert.Equal(HttpStatusCode.OK, looked.Status);
        Assert.Equal(HttpStatusCode.OK, probe.Status);
        Assert.Equal(0, before);
        Assert.Contains("ok " + Main, pushed.Text, StringComparison.Ordinal);
        string id = (await server.RestAsync(HttpMethod.Get, "datasets/resolve?name=fresh")).GetProperty("id").GetString()!;
        Assert.Equal("words", await server.ReadAsync(id, "a.txt"));
    }

    [Theory]
    [InlineData("ann/fresh", "cannot create datasets for the user")]
    [InlineData("nobody/fresh", "There is no user or group")]
    public async Task A_push_to_the_name_of_another_owner_creates_no_dataset(string name, string words)
    {
        await using GitServer server = await GitServer.StartAsync();
        await server.UserAsync("ann");
        string bob = await server.UserAsync("bob");
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));

        GitAnswer pushed = await server.PushAsync(name, pack, (Main, default, commit), bob);

        Assert.Contains(words, pushed.Text, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(server));
    }

    [Theory]
    [InlineData("bob/fresh", "'write'")]
    [InlineData("ann/fresh", "'write'")]
    public async Task A_push_with_a_read_only_token_is_refused_before_the_pack_is_read(string name, string words)
    {
        await using GitServer server = await GitServer.StartAsync();
        await server.UserAsync("ann");
        string bob = await server.UserAsync("bob");
        string reading = (await server.RestAsync(HttpMethod.Post, "tokens", new { scopes = new[] { "read" } }, bob))
            .GetProperty("token").GetString()!;
        (_, ObjectId commit) = NewPack("a");

        GitAnswer looked = await server.GitAsync(HttpMethod.Get, $"git/{name}/info/refs?service=git-receive-pack", reading);
        GitAnswer probe = await server.GitAsync(HttpMethod.Post, $"git/{name}/git-receive-pack", reading, "0000"u8.ToArray());
        GitAnswer pushed = await server.PushAsync(name, "this is no pack"u8.ToArray(), (Main, default, commit), reading);

        Assert.Equal(HttpStatusCode.Forbidden, looked.Status);
        Assert.Equal(HttpStatusCode.Forbidden, probe.Status);
        Assert.All([looked, probe, pushed], answer => Assert.Contains(words, answer.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_for_another_owner_is_refused_before_the_pack_is_read()
    {
        await using GitServer server = await GitServer.StartAsync();
        await server.UserAsync("ann");
        string bob = await server.UserAsync("bob");
        (_, ObjectId commit) = NewPack("a");

        GitAnswer looked = await server.GitAsync(HttpMethod.Get, "git/ann/fresh/info/refs?service=git-receive-pack", bob);
        GitAnswer pushed = await server.PushAsync("ann/fresh", "this is no pack"u8.ToArray(), (Main, default, commit), bob);

        Assert.Equal(HttpStatusCode.Forbidden, looked.Status);
        Assert.Contains("cannot create datasets for the user", pushed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_to_a_free_name_that_is_refused_leaves_nothing_behind()
    {
        await using GitServer server = await GitServer.StartAsync(new DataLadOptions { MaxFiles = 3 });
        (byte[] harmful, ObjectId harming) = NewPack(".GIT");
        (byte[] large, ObjectId many) = NewPack("a", "b", "c", "d");
        (byte[] good, ObjectId commit) = NewPack("a");
        (byte[] Pack, string Ref, ObjectId To)[] refused =
        [
            (harmful, Main, harming), (large, Main, many), (good[..^1], Main, commit), (good, "refs/hidden/main", commit),
            (new PackBuilder().Build(), Main, commit), (good, Main, default),
        ];

        foreach ((byte[] pack, string name, ObjectId to) in refused)
        {
            GitAnswer answer = await server.PushAsync("admin/fresh", pack, (name, default, to), server.AdminToken);
            Assert.Contains("ng " + name, answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(0, await CountAsync(server));
        GitAnswer taken = await server.PushAsync("admin/fresh", good, (Main, default, commit), server.AdminToken);
        Assert.Contains("ok " + Main, taken.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_for_which_the_owner_has_no_room_creates_nothing()
    {
        await using GitServer server = await GitServer.StartAsync();
        await server.RestAsync(HttpMethod.Put, "owners/admin/quota", new { bytes = 10_000, entries = 2 });
        string random = Convert.ToHexString(RandomNumberGenerator.GetBytes(4000));
        (byte[] Pack, ObjectId Commit)[] tooMuch = [NewPack("a", "b", "c"), NewPack(new string('x', 10_001)), NewPack(random)];
        (byte[] fits, ObjectId commit) = NewPack(new string('x', 7000));

        foreach ((byte[] pack, ObjectId to) in tooMuch)
        {
            GitAnswer refused = await server.PushAsync("admin/fresh", pack, (Main, default, to), server.AdminToken);
            Assert.Contains("has used 0 of a quota of", refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal(0, await CountAsync(server));
        GitAnswer taken = await server.PushAsync("admin/fresh", fits, (Main, default, commit), server.AdminToken);
        Assert.Contains("ok " + Main, taken.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anonymous_push_to_a_new_name_requires_a_login_and_a_fetch_from_it_finds_nothing()
    {
        await using GitServer server = await GitServer.StartAsync();

        GitAnswer nobody = await server.GitAsync(HttpMethod.Get, "git/admin/fresh/info/refs?service=git-receive-pack");
        GitAnswer reader = await server.GitAsync(HttpMethod.Get, "git/admin/fresh/info/refs?service=git-upload-pack", server.AdminToken);

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.Status);
        Assert.Equal(HttpStatusCode.NotFound, reader.Status);
    }

    [Fact]
    public async Task A_dataset_can_be_created_with_a_given_id_and_no_other_dataset_gets_that_id()
    {
        await using GitServer server = await GitServer.StartAsync();
        const string Id = "0b666893-f396-4336-abf6-8c785fab1b33";
        string ann = await server.UserAsync("ann");

        JsonElement made = await server.RestAsync(HttpMethod.Post, "datasets", new { name = "brain", id = Id });
        JsonElement again = await server.RestAsync(HttpMethod.Post, "datasets", new { name = "brain", id = Id });
        HttpStatusCode other = await server.StatusAsync(HttpMethod.Post, "datasets", new { name = "mine", id = Id }, ann);
        HttpStatusCode renamed = await server.StatusAsync(HttpMethod.Post, "datasets", new { name = "second", id = Id });
        await server.RestAsync(HttpMethod.Delete, $"datasets/{Id}");
        await server.RestAsync(HttpMethod.Post, $"datasets/{Id}/purge", new { reason = "test" });
        HttpStatusCode purged = await server.StatusAsync(HttpMethod.Post, "datasets", new { name = "third", id = Id });

        Assert.Equal(Id, made.GetProperty("id").GetString());
        Assert.Equal(Id, again.GetProperty("id").GetString());
        Assert.All([other, renamed, purged], static status => Assert.Equal(HttpStatusCode.Conflict, status));
    }

    private static (byte[] Pack, ObjectId Commit) NewPack(params string[] names)
    {
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree([.. names.Select(name => ("100644", name, pack.AddBlob(name)))]));
        return (pack.Build(), commit);
    }

    private static async Task<int> CountAsync(GitServer server) =>
        (await server.RestAsync(HttpMethod.Get, "datasets")).GetProperty("items").GetArrayLength();
}
