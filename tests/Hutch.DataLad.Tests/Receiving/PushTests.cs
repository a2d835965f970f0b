using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>Pushes that no git would send: all of one or nothing of it, and nobody gets what is not theirs.</summary>
[SuppressMessage("Security", "CA5350", Justification = "Keys of git-annex are made so.")]
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
public sealed class PushTests
{
    private const string Main = "refs/heads/main";

    [Fact]
    public async Task What_was_pushed_is_a_version_with_the_commit_that_was_pushed()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, commit));

        Assert.Contains("ok " + Main, answer.Text, StringComparison.Ordinal);
        Assert.Equal("words", await server.ReadAsync(id, "a.txt"));
        Assert.Contains($"{commit} {Main}", await server.RefsAsync(id), StringComparison.Ordinal);
        await server.RestartAsync();
        Assert.Contains($"{commit} {Main}", await server.RefsAsync(id), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Harmful => new()
    {
        { "100644", ".." }, { "100644", "." }, { "100644", "" }, { "40000", ".git" }, { "100644", ".GIT" }, { "40000", "git~1" },
        { "100644", "a/b" }, { "120000", ".gitmodules" }, { "100644", ".git\u200c" }, { "100644", "x\\.git" }, { "110600", "mode" },
    };

    [Theory]
    [MemberData(nameof(Harmful))]
    public async Task A_tree_with_a_harmful_name_is_refused_and_nothing_is_changed(string mode, string name)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId blob = pack.AddBlob("x");
        ObjectId inner = mode == "40000" ? pack.AddTree(("100644", "x", blob)) : blob;
        string bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name));
        ObjectId commit = pack.AddCommit(pack.AddTree((mode, bytes, inner)));

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, commit));

        Assert.Contains("ng " + Main, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("refs/", await server.RefsAsync(id), StringComparison.Ordinal);
    }

    /// <summary>
    /// Clients' cases git and ria-old: old programs padded modes with zeros, and kept permissions that git does not have.
    /// </summary>
    [Theory]
    [InlineData("100600", "040000")]
    [InlineData("100664", "40000")]
    [InlineData("100700", "40755")]
    public async Task Modes_of_old_programs_are_kept_in_git_and_mean_what_git_takes_them_for(string file, string directory)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId blob = pack.AddBlob("x");
        ObjectId inner = pack.AddTree((file, "f", blob));
        ObjectId commit = pack.AddCommit(pack.AddTree((directory, "d", inner)));

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, commit));

        Assert.Contains("ok " + Main, answer.Text, StringComparison.Ordinal);
        Assert.Equal("x", await server.ReadAsync(id, "d/f"));
        Assert.Contains(inner, (await server.FetchAsync(id, commit)).Keys);
    }

    /// <summary>
    /// Clients' case git-binary: how much longer noise is when it is packed depends on the compressor, also on the server's own.
    /// </summary>
    [Fact]
    public async Task Files_that_do_not_compress_are_taken_and_given_back()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var random = new Random(1);
        var pack = new PackBuilder();
        var noise = new Dictionary<ObjectId, byte[]>();
        var files = new List<(string Mode, string Name, ObjectId Id)>();
        foreach (int size in (int[])[1, 99, 100, 16_383, 32_768, 65_535, 65_536, 249_000, 600_113, 4_194_305])
        {
            byte[] content = new byte[size];
            random.NextBytes(content);
            ObjectId blob = pack.Add(ObjectKind.Blob, content);
            noise.Add(blob, content);
            files.Add(("100644", $"{size:d9}", blob));
        }

        ObjectId commit = pack.AddCommit(pack.AddTree([.. files]));
        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, commit));
        var more = new PackBuilder();
        ObjectId next = more.AddCommit(more.AddTree([.. files[1..]]), commit);
        GitAnswer again = await server.PushAsync(id, more, (Main, commit, next));

        Assert.Contains("ok " + Main, answer.Text, StringComparison.Ordinal);
        Assert.Contains("ok " + Main, again.Text, StringComparison.Ordinal);
        IReadOnlyDictionary<ObjectId, (ObjectKind Kind, byte[] Content)> got = await server.FetchAsync(id, next);
        Assert.All(noise, one => Assert.Equal(one.Value, got[one.Key].Content));
    }

    /// <summary>A clone keeps refs as files: one below another made a dataset impossible to clone for good.</summary>
    [Fact]
    public async Task No_ref_can_be_below_another_until_a_manager_removes_that()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a", pack.AddBlob("x"))));
        var none = new PackBuilder();
        await server.PushAllAsync(id, pack, (Main, default, commit), ("refs/heads/a", default, commit), ("refs/tags/t/u", default, commit));

        GitAnswer below = await server.PushAllAsync(
            id, none, ("refs/heads/a/b", default, commit), ("refs/tags/t", default, commit), ("refs/heads/git-annex/x", default, commit),
            ("refs/heads/c/d", default, commit), ("refs/heads/c", default, commit), (Main + "/x", default, commit));
        Assert.Equal(5, System.Text.RegularExpressions.Regex.Count(below.Text, "ng refs/[^\n]* is in the way"));
        Assert.Contains("ok refs/heads/c/d", below.Text, StringComparison.Ordinal);

        GitAnswer removed = await server.PushAllAsync(
            id, none, ("refs/heads/a/b", default, commit), ("refs/heads/a", commit, default), (Main, commit, default));
        Assert.Contains("ok refs/heads/a\n", removed.Text, StringComparison.Ordinal);
        Assert.Contains("ok refs/heads/a/b", removed.Text, StringComparison.Ordinal);
        Assert.Contains("ng " + Main, removed.Text, StringComparison.Ordinal);
        string refs = await server.RefsAsync(id);
        Assert.DoesNotContain("refs/heads/a\n", refs, StringComparison.Ordinal);
        Assert.DoesNotContain("removed", refs, StringComparison.Ordinal);
        Assert.Contains("refs/heads/a/b", refs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_superdataset_of_a_thousand_is_pushed_and_fetched_as_it_is()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        string modules = string.Concat(Enumerable.Range(0, 1000).Select(
            static i => $"[submodule \"{i:d4}\"]\n\tpath = sub/{i:d4}\n\turl = ./sub/{i:d4}\n\tdatalad-id = {Guid.NewGuid()}\n"));
        ObjectId inner = ObjectId.Compute(ObjectKind.Commit, "kept elsewhere"u8);
        ObjectId sub = pack.AddTree([.. Enumerable.Range(0, 1000).Select(i => ("160000", $"{i:d4}", inner))]);
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", ".gitmodules", pack.AddBlob(modules)), ("40000", "sub", sub)));

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, commit));
        JsonElement listing = await server.RestAsync(HttpMethod.Get, $"datasets/{id}/tree?prefix=sub/&limit=1000");

        Assert.Contains("ok " + Main, answer.Text, StringComparison.Ordinal);
        Assert.Equal(1000, listing.GetProperty("items").GetArrayLength());
        Assert.Equal(modules, await server.ReadAsync(id, ".gitmodules"));
        Assert.Contains(sub, (await server.FetchAsync(id, commit)).Keys);
    }

    [Fact]
    public async Task A_name_that_stands_twice_or_out_of_order_is_refused()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var twice = new PackBuilder();
        ObjectId blob = twice.AddBlob("x");
        ObjectId tree = twice.AddTree(("100644", "x", blob));
        ObjectId first = twice.AddCommit(twice.AddTree(("100644", "a", blob), ("40000", "a", tree)));
        var order = new PackBuilder();
        order.AddBlob("x");
        ObjectId second = order.AddCommit(order.AddTree(("100644", "b", blob), ("100644", "a", blob)));

        Assert.Contains("ng ", (await server.PushAsync(id, twice, (Main, default, first))).Text, StringComparison.Ordinal);
        Assert.Contains("ng ", (await server.PushAsync(id, order, (Main, default, second))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_push_names_and_did_not_send_is_refused_though_another_dataset_has_it()
    {
        await using GitServer server = await GitServer.StartAsync();
        string theirs = await server.NewDatasetAsync("theirs", isPublic: false);
        string id = await server.NewDatasetAsync("mine", isPublic: true);
        var secret = new PackBuilder();
        ObjectId blob = secret.AddBlob("a secret");
        ObjectId commit = secret.AddCommit(secret.AddTree(("100644", "a.txt", blob)));
        await server.PushAsync(theirs, secret, (Main, default, commit));
        var pack = new PackBuilder();
        ObjectId mine = pack.AddCommit(pack.AddTree(("100644", "a.txt", blob)));

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, mine));
        GitAnswer all = await server.PushAsync(id, new PackBuilder(), (Main, default, commit));

        Assert.Contains("missing", answer.Text, StringComparison.Ordinal);
        Assert.Contains("ng ", all.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("refs/", await server.RefsAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_content_only_in_another_dataset_is_a_file_without_content()
    {
        await using GitServer server = await GitServer.StartAsync();
        await server.NewDatasetAsync("theirs", isPublic: false, ("a.bin", "a secret"));
        string id = await server.NewDatasetAsync("mine", isPublic: true);
        string key = $"SHA256E-s8--{Convert.ToHexStringLower(SHA256.HashData("a secret"u8))}.bin";
        var pack = new PackBuilder();
        ObjectId link = pack.AddBlob($".git/annex/objects/aa/bb/{key}/{key}");
        ObjectId pointer = pack.AddBlob($"/annex/objects/{key}\n");
        ObjectId commit = pack.AddCommit(pack.AddTree(("120000", "a.bin", link), ("100755", "b.bin", pointer)));

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, commit));
        GitAnswer bytes = await server.GitAsync(HttpMethod.Get, $"git/{id}/annex/objects/aa/bb/{key}/{key}", server.AdminToken);
        GitAnswer held = await server.GitAsync(HttpMethod.Head, $"git/{id}/annex/objects/aa/bb/{key}/{key}", server.AdminToken);

        Assert.Contains("Files without content so far: 2", answer.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, bytes.Status);
        Assert.Equal(HttpStatusCode.NotFound, held.Status);
    }

    [Fact]
    public async Task A_tree_that_unfolds_into_millions_of_files_is_refused()
    {
        await using GitServer server = await GitServer.StartAsync(new DataLadOptions { MaxFiles = 5000 });
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId tree = pack.AddTree(("100644", "x", pack.AddBlob("x")));
        for (int i = 0; i < 30; i++)
        {
            tree = pack.AddTree([.. Enumerable.Range(0, 9).Select(n => ("40000", $"d{n}", tree))]);
        }

        GitAnswer answer = await server.PushAsync(id, pack, (Main, default, pack.AddCommit(tree)));

        Assert.Contains("dataLad.maxFiles", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refs/hutch/versions/7")]
    [InlineData("HEAD")]
    [InlineData("refs/heads/a..b")]
    [InlineData("refs/heads/a b")]
    [InlineData("refs/heads/../x")]
    [InlineData("refs/heads/x.lock")]
    public async Task Reserved_and_invalid_ref_names_are_refused(string name)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));

        GitAnswer answer = await server.PushAsync(id, pack, (name, default, commit));

        Assert.Contains("ng " + name, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(commit.ToString(), await server.RefsAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_cannot_push_and_an_anonymous_caller_must_log_in()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true, ("a.txt", "words"));
        string ann = await server.UserAsync("ann");
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));

        GitAnswer nobody = await server.GitAsync(HttpMethod.Get, $"git/{id}/info/refs?service=git-receive-pack");
        GitAnswer reader = await server.GitAsync(HttpMethod.Get, $"git/{id}/info/refs?service=git-receive-pack", ann);
        GitAnswer push = await server.PushAsync(id, pack, ("refs/heads/mine", default, commit), ann);

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.Status);
        Assert.Equal(HttpStatusCode.Forbidden, reader.Status);
        Assert.Contains("ng ", push.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", await server.RefsAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_pack_and_one_that_is_cut_off_change_nothing()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob("words"))));
        byte[] good = pack.Build();
        byte[] damaged = [.. good];
        damaged[20] ^= 1;

        GitAnswer one = await server.PushAsync(id, damaged, (Main, default, commit), server.AdminToken);
        GitAnswer two = await server.PushAsync(id, good[..^25], (Main, default, commit), server.AdminToken);
        GitAnswer three = await server.PushAsync(id, [], (Main, default, commit), server.AdminToken);

        Assert.All([one, two, three], answer => Assert.Contains("ng " + Main, answer.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("refs/", await server.RefsAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_of_a_key_is_kept_only_when_it_is_what_the_key_says()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string ann = await server.UserAsync("ann");
        byte[] content = "some content"u8.ToArray();
        string[] good =
        [
            $"MD5E-s12--{Convert.ToHexStringLower(MD5.HashData(content))}.bin", $"SHA256-s12--{Convert.ToHexStringLower(SHA256.HashData(content))}",
            $"SHA512E-s12--{Convert.ToHexStringLower(SHA512.HashData(content))}.tar.gz", $"SHA1--{Convert.ToHexStringLower(SHA1.HashData(content))}",
        ];
        string[] bad = [good[0].Replace("s12", "s13", StringComparison.Ordinal), $"MD5-s12--{new string('0', 32)}", "WORM-s12-m3--name", "nokey", "BLAKE2B-s12--00"];

        foreach (string key in good)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
            Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Put, key, content)).Status);
            Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
            Assert.Equal("some content", (await server.KeyAsync(id, HttpMethod.Get, key, null)).Text);
        }

        foreach (string key in bad)
        {
            Assert.InRange((int)(await server.KeyAsync(id, HttpMethod.Put, key, content)).Status, 400, 499);
            Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await server.KeyAsync(id, HttpMethod.Put, good[0], content, ann)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.KeyAsync(id, HttpMethod.Delete, good[0], null)).Status);
        await server.RestartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, good[0], null)).Status);
    }

    [Fact]
    public async Task A_key_belongs_to_the_dataset_that_it_was_sent_to()
    {
        await using GitServer server = await GitServer.StartAsync();
        string theirs = await server.NewDatasetAsync("theirs", isPublic: false);
        string mine = await server.NewDatasetAsync("mine", isPublic: true);
        byte[] content = "a secret"u8.ToArray();
        string key = $"MD5E-s8--{Convert.ToHexStringLower(MD5.HashData(content))}.bin";
        await server.KeyAsync(theirs, HttpMethod.Put, key, content);

        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(theirs, HttpMethod.Head, key, null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(mine, HttpMethod.Head, key, null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(mine, HttpMethod.Get, key, null)).Status);
    }

    [Fact]
    public async Task Content_that_no_version_names_is_kept_and_goes_with_the_dataset()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        byte[] content = new byte[3 << 20];
        string key = $"MD5E-s{content.Length}--{Convert.ToHexStringLower(MD5.HashData(content))}.bin";
        await server.KeyAsync(id, HttpMethod.Put, key, content);

        GitAnswer kept = await server.KeyAsync(id, HttpMethod.Head, key, null);
        await server.RestAsync(HttpMethod.Delete, $"datasets/{id}");

        Assert.Equal(HttpStatusCode.OK, kept.Status);
        Assert.Equal(HttpStatusCode.Gone, (await server.KeyAsync(id, HttpMethod.Get, key, null)).Status);
    }

    [Fact]
    public async Task The_packs_of_branches_that_are_no_version_count_and_so_do_those_of_removed_ones()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.RestAsync(HttpMethod.Put, "owners/admin/quota", new { bytes = 30_000 });

        string main = await PushAsync(Main, 10);
        string one = await PushAsync("refs/heads/one", 5_000);
        string two = await PushAsync("refs/heads/two", 5_000);
        string three = await PushAsync("refs/heads/three", 5_000);
        long used = (await server.RestAsync(HttpMethod.Get, "owners/admin/quota")).GetProperty("bytes").GetInt64();

        Assert.All([(Main, main), ("refs/heads/one", one), ("refs/heads/two", two)],
            static pushed => Assert.Contains("ok " + pushed.Item1, pushed.Item2, StringComparison.Ordinal));
        Assert.Contains("of a quota of 30000 bytes", three, StringComparison.Ordinal);
        Assert.InRange(used, 10_000, 30_000);

        async Task<string> PushAsync(string branch, int bytes)
        {
            var pack = new PackBuilder();
            string random = Convert.ToHexString(RandomNumberGenerator.GetBytes(bytes));
            ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob(random))));
            return (await server.PushAsync(id, pack, (branch, default, commit))).Text;
        }
    }

    [Fact]
    public async Task Content_of_keys_counts_for_the_owner_once_whether_a_version_names_it_or_not()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.RestAsync(HttpMethod.Put, "owners/admin/quota", new { bytes = 100_000 });
        async Task<HttpStatusCode> SendAsync(byte fill, int size) =>
            (await server.KeyAsync(id, HttpMethod.Put, KeyOf(fill, size), Bytes(fill, size))).Status;
        async Task<long> UsedAsync() =>
            (await server.RestAsync(HttpMethod.Get, "owners/admin/quota")).GetProperty("bytes").GetInt64();
        Task<HttpStatusCode> PutAsync(int size) =>
            server.StatusAsync(HttpMethod.Put, $"datasets/{id}/entries/b.bin", new string('x', size - 2));
        var pack = new PackBuilder();
        string key = KeyOf(1, 60_000);
        ObjectId commit = pack.AddCommit(pack.AddTree(("120000", "a.bin", pack.AddBlob($".git/annex/objects/aa/bb/{key}/{key}"))));

        HttpStatusCode[] sent = [await SendAsync(1, 60_000), await SendAsync(2, 30_000), await SendAsync(3, 20_000), await SendAsync(1, 60_000)];
        long before = await UsedAsync();
        string pushed = (await server.PushAsync(id, pack, (Main, default, commit))).Text;
        long after = await UsedAsync();
        HttpStatusCode last = await SendAsync(4, 5_000);
        HttpStatusCode[] put = [await PutAsync(50_000), await PutAsync(30_000)];
        await server.RestAsync(HttpMethod.Delete, $"datasets/{id}/entries/a.bin");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.InsufficientStorage, HttpStatusCode.OK], sent);
        Assert.Contains("ok " + Main, pushed, StringComparison.Ordinal);
        Assert.Equal(90_000, before);
        Assert.InRange(after, 90_000, 94_000);
        Assert.Equal(HttpStatusCode.OK, last);
        Assert.Equal([HttpStatusCode.InsufficientStorage, HttpStatusCode.Created], put);
        Assert.InRange(await UsedAsync(), 95_000, 100_000);
    }

    [Fact]
    public async Task Damaged_content_of_a_key_is_absent_until_it_is_sent_again()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        (string key, byte[] content) = (KeyOf(7, 600), Bytes(7, 600));
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("120000", "a.bin", pack.AddBlob($".git/annex/objects/aa/bb/{key}/{key}"))));
        await server.KeyAsync(id, HttpMethod.Put, key, content);
        server.Damage(content);

        GitAnswer read = await server.KeyAsync(id, HttpMethod.Get, key, null);
        GitAnswer held = await server.KeyAsync(id, HttpMethod.Head, key, null);
        GitAnswer pushed = await server.PushAsync(id, pack, (Main, default, commit));
        string link = await server.ReadAsync(id, "a.bin");
        await server.KeyAsync(id, HttpMethod.Put, key, content);
        await server.RefsAsync(id);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.Status);
        Assert.Contains("damaged", read.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, held.Status);
        Assert.Contains("Files without content so far: 1", pushed.Text, StringComparison.Ordinal);
        Assert.Contains(key, link, StringComparison.Ordinal);
        Assert.Equal(content, Encoding.UTF8.GetBytes(await server.ReadAsync(id, "a.bin")));
        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
    }

    private static byte[] Bytes(byte fill, int size) => [.. Enumerable.Repeat(fill, size)];

    private static string KeyOf(byte fill, int size) => $"MD5E-s{size}--{Convert.ToHexStringLower(MD5.HashData(Bytes(fill, size)))}.bin";

    [Fact]
    public async Task A_link_becomes_a_file_of_the_same_commit_when_its_content_has_come()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        byte[] content = "late content"u8.ToArray();
        string key = $"MD5E-s12--{Convert.ToHexStringLower(MD5.HashData(content))}.bin";
        var pack = new PackBuilder();
        string never = $"MD5E-s12--{new string('0', 32)}.bin";
        ObjectId commit = pack.AddCommit(pack.AddTree(
            ("120000", "a.bin", pack.AddBlob($".git/annex/objects/aa/bb/{key}/{key}")),
            ("120000", "b.bin", pack.AddBlob($".git/annex/objects/aa/bb/{never}/{never}")), ("100644", "c.txt", pack.AddBlob("words"))));
        await server.PushAsync(id, pack, (Main, default, commit));
        string before = await server.ReadAsync(id, "a.bin");

        await server.KeyAsync(id, HttpMethod.Put, key, content);
        string refs = await server.RefsAsync(id);

        Assert.Contains(key, before, StringComparison.Ordinal);
        Assert.Equal("late content", await server.ReadAsync(id, "a.bin"));
        Assert.Contains($"{commit} {Main}", refs, StringComparison.Ordinal);
        Assert.Equal(refs, await server.RefsAsync(id));
        JsonElement newest = (await server.RestAsync(HttpMethod.Get, $"datasets/{id}/snapshots")).GetProperty("items")[0];
        Assert.Equal("2 of 3 files present", newest.GetProperty("message").GetString());
    }
}
