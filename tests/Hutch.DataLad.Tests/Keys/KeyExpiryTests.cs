using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Testing.Clocks;

namespace Hutch.DataLad.Tests.Keys;

/// <summary>Content that was sent for a key and that nothing ever named ends; everything else stays for as long as something names it.</summary>
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
public sealed class KeyExpiryTests
{
    private const string Main = "refs/heads/main";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Long = TimeSpan.FromDays(31);

    [Fact]
    public async Task Content_that_nothing_names_ends_after_thirty_days_and_not_before()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.RestAsync(HttpMethod.Put, "owners/admin/quota", new { bytes = 10_000 });
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("early"), Bytes("early"));
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("again"), Bytes("again"));
        time.Jump(TimeSpan.FromDays(29));
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("again"), Bytes("again"));

        int soon = await server.EndKeysAsync();
        long before = await UsedAsync(server);
        time.Jump(TimeSpan.FromDays(2));
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
        var time = new ShiftedTime();
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
        time.Jump(Long);

        int ended = await server.EndKeysAsync();

        Assert.Equal(1, ended);
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, id, "nothing"));
        foreach (string name in (string[])["first", "second", "pointer", "lfs", "branch", "head"])
        {
            Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, name));
        }
    }

    [Fact]
    public async Task A_closed_dataset_keeps_what_nothing_names_and_one_in_the_trash_keeps_it_until_it_is_back()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string closed = await server.NewDatasetAsync("closed", isPublic: true, ("a.txt", "words"));
        string trashed = await server.NewDatasetAsync("trashed", isPublic: true);
        await server.KeyAsync(closed, HttpMethod.Put, KeyOf("closed"), Bytes("closed"));
        await server.KeyAsync(trashed, HttpMethod.Put, KeyOf("trashed"), Bytes("trashed"));
        await server.RestAsync(HttpMethod.Post, $"datasets/{closed}/close", new { });
        time.Jump(Long);
        await server.RestAsync(HttpMethod.Delete, $"datasets/{trashed}");

        int ended = await server.EndKeysAsync();
        await server.RestAsync(HttpMethod.Post, $"datasets/{trashed}/restore");

        Assert.Equal(0, ended);
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, closed, "closed"));
        Assert.Equal(1, await server.EndKeysAsync());
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, trashed, "trashed"));
    }

    [Fact]
    public async Task When_the_repository_cannot_be_read_all_keys_stay()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));
        await server.PushAsync(id, pack, (Main, default, commit));
        await server.RestartAsync();
        server.Damage("PACK"u8.ToArray());
        time.Jump(Long);

        int ended = await server.EndKeysAsync();

        Assert.Equal(0, ended);
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, "nothing"));
    }

    [Fact]
    public async Task Names_in_whatever_way_they_are_written_are_found()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string[] named = ["log", "web", "state", "carriage", "back", "absolute", "loose", "long", "message"];
        foreach (string name in (string[])[.. named, "nothing"])
        {
            await server.KeyAsync(id, HttpMethod.Put, KeyOf(name), Bytes(name));
        }

        await PushAnnexAsync(server, id);
        var pack = new PackBuilder();
        ObjectId tree = pack.AddTree(
            ("100644", "a", pack.AddBlob($"/annex/objects/{KeyOf("carriage")}\r\n")),
            ("100644", "b", pack.AddBlob($@"..\.git\annex\objects\aa\bb\{KeyOf("back")}\{KeyOf("back")}")),
            ("120000", "c", pack.AddBlob($"/home/ann/data/.git/annex/objects/abc/def/{KeyOf("absolute")}/{KeyOf("absolute")}")),
            ("120000", "d", pack.AddBlob($".git/annex/objects/{KeyOf("loose")}")),
            ("100644", "e", pack.AddBlob(new string('-', 100_000) + KeyOf("long"))));
        byte[] commit = [.. PackBuilder.CommitOf(tree), .. Encoding.UTF8.GetBytes(KeyOf("message"))];
        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, pack.Add(ObjectKind.Commit, commit)));
        time.Jump(Long);

        int ended = await server.EndKeysAsync();

        Assert.Contains("ok ", answer.Text, StringComparison.Ordinal);
        foreach (string name in named)
        {
            Assert.True(await HeadAsync(server, id, name) == HttpStatusCode.OK, name);
        }

        Assert.Equal(1, ended);
    }

    [Fact]
    public async Task Content_that_only_an_automatic_snapshot_names_stays()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true, ("a.txt", "words"));
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("linked"), Bytes("linked"));
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/pointer", $"/annex/objects/{KeyOf("linked")}\r\n");
        await server.RestAsync(HttpMethod.Post, $"datasets/{id}/revert", new { at = "@1" });
        time.Jump(Long);

        Assert.Equal(0, await server.EndKeysAsync());
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, "linked"));
    }

    [Fact]
    public async Task Nothing_ends_while_a_push_is_under_way()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        time.Jump(Long);
        int size = Bytes("coming").Length;
        await server.PartAsync(id, KeyOf("coming"), Bytes("coming")[..1], $"bytes 0-0/{size}");

        int during = await server.EndKeysAsync();
        await server.PartAsync(id, KeyOf("coming"), Bytes("coming")[1..], $"bytes 1-{size - 1}/{size}");

        Assert.Equal(0, during);
        Assert.Equal(1, await server.EndKeysAsync());
    }

    [Fact]
    public async Task A_part_that_was_longer_than_announced_is_no_push_under_way()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        time.Jump(Long);
        int size = Bytes("coming").Length;
        await server.PartAsync(id, KeyOf("coming"), Bytes("coming")[..1], $"bytes 0-0/{size}");

        (HttpStatusCode refused, _, _) = await server.PartAsync(id, KeyOf("coming"), new byte[2 * size], $"bytes 1-{size - 1}/{size}");

        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Equal(1, await server.EndKeysAsync());
    }

    [Fact]
    public async Task Nothing_ends_in_a_dataset_that_went_to_the_trash_while_it_was_looked_through()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        time.Jump(Long);
        DateTimeOffset before = time.GetUtcNow();
        SiteDataset looked = Assert.Single(await server.Repositories.ExpiredAnnexKeys.ListDatasetsAsync(before, Ct));
        IReadOnlyList<StoredKey> keys = await server.Repositories.ExpiredAnnexKeys.ListAsync(looked, before, Ct);
        await server.RestAsync(HttpMethod.Delete, $"datasets/{id}");

        int dropped = await server.Repositories.ExpiredAnnexKeys.DropAsync(looked, [.. keys.Select(static key => key.Name)], before, Ct);

        Assert.Equal((1, 0), (keys.Count, dropped));
    }

    [Fact]
    public void By_default_content_that_nothing_names_ends_after_thirty_days() =>
        Assert.Equal(30, new DataLadOptions().UnnamedKeyDays);

    [Theory]
    [InlineData("head")]
    [InlineData("part")]
    [InlineData("lfs")]
    public async Task Reporting_content_as_present_restarts_its_expiry(string how)
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        byte[] bytes = Bytes("asked");
        string oid = Convert.ToHexStringLower(SHA256.HashData(bytes));
        string key = how == "head" ? KeyOf("asked") : $"SHA256-s{bytes.Length}--{oid}";
        await server.KeyAsync(id, HttpMethod.Put, key, bytes);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        time.Jump(TimeSpan.FromDays(29));

        await (how switch
        {
            "head" => server.KeyAsync(id, HttpMethod.Head, key, null),
            "part" => server.PartAsync(id, key, [], $"bytes */{bytes.Length}"),
            _ => (Task)server.GitAsync(
                HttpMethod.Post, $"git/{id}/info/lfs/objects/batch", server.AdminToken,
                Encoding.UTF8.GetBytes($$"""{"operation":"upload","objects":[{"oid":"{{oid}}","size":{{bytes.Length}}}]}"""), protocol: null),
        });
        time.Jump(TimeSpan.FromDays(2));
        int ended = await server.EndKeysAsync();

        Assert.Equal(1, ended);
        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
        time.Jump(Long);
        Assert.Equal(1, await server.EndKeysAsync());
    }

    [Fact]
    public async Task Reading_content_does_not_extend_its_expiry()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        time.Jump(TimeSpan.FromDays(29));

        await server.KeyAsync(id, HttpMethod.Get, KeyOf("nothing"), null);
        time.Jump(TimeSpan.FromDays(2));

        Assert.Equal(1, await server.EndKeysAsync());
    }

    [Fact]
    public async Task Content_that_a_refused_push_named_and_content_that_came_through_git_lfs_alone_ends()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("forced"), Bytes("forced"));
        string lfs = $"SHA256-s{Bytes("lfs").Length}--{Convert.ToHexStringLower(SHA256.HashData(Bytes("lfs")))}";
        await server.GitAsync(HttpMethod.Put, $"git/{id}/info/lfs/objects/keys/{lfs}", server.AdminToken, Bytes("lfs"), protocol: null);
        var pack = new PackBuilder();
        ObjectId first = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));
        await server.PushAsync(id, pack, (Main, default, first));
        var other = new PackBuilder();
        ObjectId forced = other.AddCommit(other.AddTree(("120000", "b.bin", Link(other, "forced"))));
        GitAnswer refused = await server.PushAsync(id, other, (Main, first, forced));
        time.Jump(Long);

        int ended = await server.EndKeysAsync();

        Assert.Contains("ng " + Main, refused.Text, StringComparison.Ordinal);
        // What came through git-lfs is held by its SHA-256 and by its MD5.
        Assert.Equal(3, ended);
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, id, "forced"));
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id, HttpMethod.Head, lfs, null)).Status);
    }

    [Fact]
    public async Task What_was_read_once_is_not_read_again()
    {
        var time = new ShiftedTime();
        await using GitServer server = await GitServer.StartAsync(time: time);
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("named"), Bytes("named"));
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("nothing"), Bytes("nothing"));
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("120000", "a.bin", Link(pack, "named"))));
        await server.PushAsync(id, pack, (Main, default, commit));
        time.Jump(Long);
        int first = await server.EndKeysAsync();
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("later"), Bytes("later"));
        server.Damage("PACK"u8.ToArray());
        time.Jump(Long);

        int second = await server.EndKeysAsync();

        Assert.Equal((1, 1), (first, second));
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(server, id, "named"));
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(server, id, "later"));
    }

    /// <summary>Names in the tree of the branch of git-annex, and a note under which SHA-256 git-lfs has a key of another backend.</summary>
    private static async Task PushAnnexAsync(GitServer server, string id)
    {
        var pack = new PackBuilder();
        ObjectId log = pack.AddBlob("1700000000s 1 6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4\n");
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Bytes("state")));
        ObjectId state = pack.AddBlob($"1700000000s 6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4 {Bytes("state").Length} {sha256}\n");
        (string Mode, string Name, ObjectId Id)[] logs =
        [
            ("100644", KeyOf("log") + ".log", log), ("100644", KeyOf("web") + ".log.web", log), ("100644", "SHA512-s1--a.log.rmt", state),
        ];
        ObjectId inner = pack.AddTree([.. logs.OrderBy(static one => one.Name, StringComparer.Ordinal)]);
        ObjectId commit = pack.AddCommit(pack.AddTree(("40000", "abc", pack.AddTree(("40000", "def", inner)))));
        GitAnswer answer = await server.PushAsync(id, pack, ("refs/heads/git-annex", default, commit));
        Assert.Contains("ok ", answer.Text, StringComparison.Ordinal);
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
