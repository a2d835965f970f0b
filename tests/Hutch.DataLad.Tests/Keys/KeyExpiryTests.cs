using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Keys;

/// <summary>Content that was sent for a key and that nothing ever named ends; everything else stays for as long as something names it.</summary>
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
public sealed class KeyExpiryTests
{
    private const string Main = "refs/heads/main";

    private static readonly TimeSpan Long = TimeSpan.FromDays(31);

    [Fact]
    public async Task Content_that_nothing_names_ends_after_thirty_days_and_not_before()
    {
        var time = new LaterTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.RestAsync(HttpMethod.Put, "owners/admin/quota", new { bytes = 10_000 });
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("early"), Bytes("early"));
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("again"), Bytes("again"));
        time.Pass(TimeSpan.FromDays(29));
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("again"), Bytes("again"));

        int soon = await server.EndKeysAsync();
        long before = await UsedAsync(server);
        time.Pass(TimeSpan.FromDays(2));
        int later = await server.EndKeysAsync();
        int twice = await server.EndKeysAsync();

        Assert.Equal((0, 1, 0), (soon, later, twice));
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, id, "early"));
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, "again"));
        Assert.Equal(Bytes("early").Length, before - await UsedAsync(server));
        await server.RestartAsync();
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, id, "early"));
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, "again"));
    }

    [Fact]
    public async Task Content_that_a_commit_a_branch_or_a_version_names_stays()
    {
        var time = new LaterTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        foreach (string name in (string[])["first", "second", "pointer", "lfs", "branch", "head", "nothing"])
        {
            await server.KeyAsync(id, HttpMethod.Put, KeyOf(name), Bytes(name));
        }

        string lfs = $"SHA256-s{Bytes("lfs").Length}--{Convert.ToHexStringLower(SHA256.HashData(Bytes("lfs")))}";
        await server.GitAsync(HttpMethod.Put, $"git/{id}/info/lfs/objects/keys/{lfs}", server.AdminToken, Bytes("lfs"), protocol: null);
        await PushAsync(server, id);
        await server.RestAsync(
            HttpMethod.Put, $"datasets/{id}/entries/head.bin", $"/annex/objects/{KeyOf("head")}\n");
        await server.FixAsync(id);
        time.Pass(Long);

        int ended = await server.EndKeysAsync();

        Assert.Equal(1, ended);
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, id, "nothing"));
        foreach (string name in (string[])["first", "second", "pointer", "lfs", "branch", "head"])
        {
            Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, name));
        }
    }

    [Fact]
    public async Task A_closed_dataset_gives_up_what_nothing_names_and_one_in_the_trash_keeps_it_until_it_is_back()
    {
        var time = new LaterTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string closed = await server.NewDatasetAsync("closed", isPublic: true, ("a.txt", "words"));
        string trashed = await server.NewDatasetAsync("trashed", isPublic: true);
        await server.KeyAsync(closed, HttpMethod.Put, KeyOf("closed"), Bytes("closed"));
        await server.KeyAsync(trashed, HttpMethod.Put, KeyOf("trashed"), Bytes("trashed"));
        await server.RestAsync(HttpMethod.Post, $"datasets/{closed}/close", new { });
        time.Pass(Long);
        await server.RestAsync(HttpMethod.Delete, $"datasets/{trashed}");

        int ended = await server.EndKeysAsync();
        await server.RestAsync(HttpMethod.Post, $"datasets/{trashed}/restore");

        Assert.Equal(1, ended);
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, closed, "closed"));
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, trashed, "trashed"));
        Assert.Equal(1, await server.EndKeysAsync());
    }

    [Fact]
    public async Task When_the_repository_cannot_be_read_all_keys_stay()
    {
        var time = new LaterTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));
        await server.PushAsync(id, pack, (Main, default, commit));
        await server.RestartAsync();
        server.Damage("PACK"u8.ToArray());
        time.Pass(Long);

        int ended = await server.EndKeysAsync();

        Assert.Equal(0, ended);
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, "nothing"));
    }

    /// <summary>A link in an old commit, another and pointers in the newest, and one in a branch.</summary>
    private static async Task PushAsync(GitServer server, string id)
    {
        var pack = new PackBuilder();
        ObjectId first = pack.AddCommit(pack.AddTree(("120000", "a.bin", Link(pack, "first"))));
        string lfs = Convert.ToHexStringLower(SHA256.HashData(Bytes("lfs")));
        ObjectId pointer = pack.AddBlob($"/annex/objects/{KeyOf("pointer")}\n");
        ObjectId large = pack.AddBlob($"version https://git-lfs.github.com/spec/v1\noid sha256:{lfs}\nsize {Bytes("lfs").Length}\n");
        ObjectId second = pack.AddCommit(
            pack.AddTree(("120000", "a.bin", Link(pack, "second")), ("100755", "b.bin", pointer), ("100644", "c.bin", large)), first);
        Assert.Contains("ok ", (await server.PushAsync(id, pack, (Main, default, second))).Text, StringComparison.Ordinal);
        var branch = new PackBuilder();
        ObjectId third = branch.AddCommit(branch.AddTree(("120000", "d.bin", Link(branch, "branch"))));
        Assert.Contains("ok ", (await server.PushAsync(id, branch, ("refs/heads/try", default, third))).Text, StringComparison.Ordinal);
    }

    private static ObjectId Link(PackBuilder pack, string content) =>
        pack.AddBlob($".git/annex/objects/aa/bb/{KeyOf(content)}/{KeyOf(content)}");

    private static byte[] Bytes(string content) => Encoding.UTF8.GetBytes("content " + content);

    private static string KeyOf(string content) =>
        $"MD5E-s{Bytes(content).Length}--{Convert.ToHexStringLower(MD5.HashData(Bytes(content)))}.bin";

    private static async Task<HttpStatusCode> HeadAsync(GitServer server, string id, string content) =>
        (await server.KeyAsync(id, HttpMethod.Head, KeyOf(content), null)).Status;

    private static async Task<long> UsedAsync(GitServer server) =>
        (await server.RestAsync(HttpMethod.Get, "owners/admin/quota")).GetProperty("bytes").GetInt64();
}
