using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;
using Hutch.Model;
using Hutch.Model.Annex;

namespace Hutch.DataLad.Tests.Adopting;

/// <summary>Datasets of a RIA store become datasets where they are.</summary>
public sealed class AdoptedStoreTests
{
    private const string Main = "refs/heads/main";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_keep_their_hashes_and_keys_are_served_from_the_store_before_and_after_they_are_hashed()
    {
        using var store = new StoreFolder();
        var id = new DatasetId(Guid.NewGuid());
        (byte[] brain, byte[] other) = (RandomNumberGenerator.GetBytes(300_000), RandomNumberGenerator.GetBytes(70));
        (string first, string second) = (StoreFolder.Md5Key(brain, ".nii.gz"), StoreFolder.Sha256Key(other));
        ObjectId commit = AddHistory(store, id, first, second);
        store.AddKey(id, first, brain);
        store.AddKey(id, second, other, "abc/def");
        await using GitServer server = await GitServer.StartAsync(adopts: store.Root);

        JsonElement adopted = await AdoptAsync(server, store);
        JsonElement status = await WaitAsync(server, static folder => folder.GetProperty("state").GetString() == "published");

        Assert.Equal(("admin/brain", id.ToString()), (Name(adopted), adopted.GetProperty("datasets")[0].GetProperty("dataset").GetString()));
        Assert.Equal((2, 2), (status.GetProperty("files").GetInt32(), status.GetProperty("pendingHashes").GetInt32()));
        Assert.Contains($"{commit} {Main}", await RefsAsync(server, id), StringComparison.Ordinal);
        Assert.Equal("words", await server.ReadAsync(id.ToString(), "text.txt"));
        Assert.Contains(commit, (await server.FetchAsync(id.ToString(), commit)).Keys);
        await AssertServedAsync(server, id, first, brain);
        await AssertServedAsync(server, id, second, other);
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id.ToString(), HttpMethod.Head, first, null)).Status);

        await HashAsync(server, store);

        await AssertServedAsync(server, id, first, brain);
        Assert.Equal(brain, await server.ReadBytesAsync(id.ToString(), "brain.nii.gz"));
        Assert.Equal(other, await server.ReadBytesAsync(id.ToString(), "sub/other"));
        Assert.Contains($"{commit} {Main}", await RefsAsync(server, id), StringComparison.Ordinal);
        string refused = await server.RefsAsync(id.ToString());
        Assert.Contains($"adopted RIA store '{store.Root}'", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_were_changed_are_named_and_never_served_as_whole()
    {
        using var store = new StoreFolder();
        var id = new DatasetId(Guid.NewGuid());
        byte[] content = RandomNumberGenerator.GetBytes(200_000);
        string key = StoreFolder.Md5Key(content);
        AddHistory(store, id, key, StoreFolder.Md5Key([1]));
        content[100_000] ^= 1;
        string path = store.AddKey(id, key, content);
        byte[] good = RandomNumberGenerator.GetBytes(100);
        string later = StoreFolder.Md5Key(good);
        string changed = store.AddKey(id, later, good);
        await using GitServer server = await GitServer.StartAsync(adopts: store.Root);
        await AdoptAsync(server, store);
        await WaitAsync(server, static folder => folder.GetProperty("state").GetString() == "published");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.KeyAsync(id.ToString(), HttpMethod.Get, key, null));
        await AssertServedAsync(server, id, later, good);
        good[5] ^= 1;
        File.WriteAllBytes(changed, good);
        Assert.NotEqual(HttpStatusCode.OK, (await server.KeyAsync(id.ToString(), HttpMethod.Get, later, null)).Status);

        server.QuietSeconds = 1;
        await server.RestartAsync();
        JsonElement status = await WaitAsync(
            server, static folder => folder.GetProperty("pendingHashes").GetInt32() == 0 && folder.GetProperty("notices").GetArrayLength() > 0);

        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id.ToString(), HttpMethod.Get, key, null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id.ToString(), HttpMethod.Get, later, null)).Status);
        string notice = status.GetProperty("notices")[0].GetString()!;
        Assert.StartsWith("Keys that have other bytes than they say, and are not served: 2", notice, StringComparison.Ordinal);
        Assert.Contains(key, notice, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task The_same_request_again_takes_new_keys_and_commits_and_a_ref_that_went_back_is_named()
    {
        using var store = new StoreFolder();
        var id = new DatasetId(Guid.NewGuid());
        byte[] content = RandomNumberGenerator.GetBytes(1000);
        string key = StoreFolder.Md5Key(content);
        ObjectId first = AddHistory(store, id, key, key);
        store.AddKey(id, key, content);
        await using GitServer server = await GitServer.StartAsync(adopts: store.Root);
        await AdoptAsync(server, store);
        await WaitAsync(server, static folder => folder.GetProperty("state").GetString() == "published");

        byte[] more = RandomNumberGenerator.GetBytes(2000);
        string added = StoreFolder.Md5Key(more);
        store.AddKey(id, added, more);
        ObjectId blob = store.AddLoose(id, ObjectKind.Blob, Encoding.UTF8.GetBytes(".git/annex/objects/xx/yy/" + added + "/" + added));
        ObjectId tree = store.AddLoose(id, ObjectKind.Tree, PackBuilder.TreeOf(("120000", "more", blob)));
        ObjectId second = store.AddLoose(id, ObjectKind.Commit, PackBuilder.CommitOf(tree, first));
        store.SetRef(id, Main, second);
        JsonElement again = await AdoptAsync(server, store);
        await WaitAsync(server, static folder => folder.GetProperty("files").GetInt32() == 2);
        Assert.Contains($"{second} {Main}", await RefsAsync(server, id), StringComparison.Ordinal);
        await AssertServedAsync(server, id, added, more);
        Assert.Contains("adopted already", again.GetProperty("notices")[0].GetString(), StringComparison.Ordinal);

        store.SetRef(id, Main, first);
        await AdoptAsync(server, store);
        JsonElement status = await WaitAsync(server, static folder => folder.GetProperty("notices").GetArrayLength() > 0);
        Assert.Contains("'refs/heads/main' of the store stays as it was here: not a fast-forward", status.GetProperty("notices")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains($"{second} {Main}", await RefsAsync(server, id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_in_an_archive_are_served_from_their_place_in_it()
    {
        using var store = new StoreFolder();
        DatasetId id = NewId();
        (byte[] first, byte[] second) = (RandomNumberGenerator.GetBytes(300_001), RandomNumberGenerator.GetBytes(77));
        (string one, string two) = (StoreFolder.Md5Key(first), StoreFolder.Sha256Key(second));
        AddHistory(store, id, one, two);
        store.AddKey(id, one, first);
        await using GitServer server = await GitServer.StartAsync(adopts: store.Root);
        await AdoptAsync(server, store);
        await WaitAsync(server, static folder => folder.GetProperty("files").GetInt32() == 1);
        await AssertServedAsync(server, id, one, first);

        // The programs of the store move the key into the archive, where another one joins it.
        store.AddKey(id, two, second);
        store.Archive(id);
        store.AddKey(id, two, second);
        JsonElement plan = await AdoptAsync(server, store);
        await WaitAsync(server, static folder => folder.GetProperty("files").GetInt32() == 2);

        Assert.Equal(2, plan.GetProperty("files").GetInt32());
        Assert.Equal(0, plan.GetProperty("leftOut").GetArrayLength());
        await AssertServedAsync(server, id, one, first);
        await AssertServedAsync(server, id, two, second);
        await HashAsync(server, store);
        await AssertServedAsync(server, id, one, first);
        Assert.Equal(first, await server.ReadBytesAsync(id.ToString(), "brain.nii.gz"));

        byte[] archive = File.ReadAllBytes(Path.Combine(store.PathOf(id), RiaLayout.ArchiveFile));
        archive[archive.AsSpan().IndexOf(first) + 1000] ^= 1;
        File.WriteAllBytes(Path.Combine(store.PathOf(id), RiaLayout.ArchiveFile), archive);
        GitAnswer changed = await server.GitAsync(HttpMethod.Get, $"git/{id}/annex/objects/{one}", server.AdminToken, protocol: null);
        Assert.NotEqual(HttpStatusCode.OK, changed.Status);
    }

    [Fact]
    public async Task Keys_that_git_annex_calls_dead_are_not_served_even_if_they_were_before()
    {
        using var store = new StoreFolder();
        DatasetId id = NewId();
        (byte[] withdrawn, byte[] content) = (RandomNumberGenerator.GetBytes(500), RandomNumberGenerator.GetBytes(70));
        (string dead, string kept) = (StoreFolder.Md5Key(withdrawn), StoreFolder.Md5Key(content));
        AddHistory(store, id, kept, kept);
        store.AddKey(id, dead, withdrawn);
        store.AddKey(id, kept, content);
        await using GitServer server = await GitServer.StartAsync(adopts: store.Root);
        await AdoptAsync(server, store);
        await WaitAsync(server, static folder => folder.GetProperty("files").GetInt32() == 2);
        await AssertServedAsync(server, id, dead, withdrawn);

        SetLog(store, id, dead, "2s X 11111111-2222-3333-4444-555555555555\n1s 1 11111111-2222-3333-4444-555555555555\n");
        await AdoptAsync(server, store);
        JsonElement status = await WaitAsync(server, static folder => folder.GetProperty("files").GetInt32() == 1);

        Assert.Contains("Keys that git-annex calls dead, and that are left out: 1.", status.GetProperty("notices").ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id.ToString(), HttpMethod.Get, dead, null)).Status);
        await AssertServedAsync(server, id, kept, content);
    }

    [Theory]
    [InlineData("1s 0 a\n2s X a\n", true)]
    [InlineData("2s X a\n1s 1 a\n", true)]
    [InlineData("1s X a\n1s X b\n", true)]
    [InlineData("1s X a\n1.5s 1 a\n", false)]
    [InlineData("1s X a\n1s 0 b\n", false)]
    [InlineData("1s X a\n1s 1 own\n", true)]
    [InlineData("1s 1 own\n", false)]
    [InlineData("", false)]
    [InlineData("nonsense X\n", false)]
    public void A_key_is_dead_if_all_its_locations_say_so_last(string log, bool isDead) => Assert.Equal(isDead, DeadKeys.IsDead(log, "own"));

    [Fact]
    public async Task A_plan_names_its_omissions_and_changes_nothing()
    {
        using var store = new StoreFolder();
        (DatasetId id, DatasetId taken, DatasetId lead, DatasetId odd, DatasetId packed) = (NewId(), NewId(), NewId(), NewId(), NewId());
        byte[] content = [1, 2, 3];
        AddHistory(store, id, StoreFolder.Md5Key(content), StoreFolder.Sha256Key(content));
        store.AddKey(id, StoreFolder.Md5Key(content), content);
        store.AddKey(id, StoreFolder.Sha256Key(content), content);
        store.AddKey(id, "WORM-s3-m1--a", content, "xx/yy");
        store.AddKey(id, "MD5E-s4--00000000000000000000000000000000", content, "xx/yy");
        Directory.CreateDirectory(Path.Combine(store.PathOf(id), "archives"));
        File.WriteAllText(Path.Combine(store.PathOf(id), "archives/archive.7z"), "7z");
        store.Add(taken);
        File.WriteAllText(Path.Combine(store.Add(lead), "commondir"), "/elsewhere");
        store.Add(odd, layout: "9");
        Directory.CreateDirectory(Path.Combine(store.Root, "abc/not-an-id"));
        store.Add(packed);
        store.AddKey(packed, StoreFolder.Md5Key(content), content);
        store.Archive(packed, "-mx5");
        await using GitServer server = await GitServer.StartAsync(adopts: store.Root);
        await server.RestAsync(HttpMethod.Post, "datasets", new { name = "mine", id = taken.ToString() });

        JsonElement plan = await AdoptAsync(server, store, dryRun: true);

        Assert.Equal(
            [
                "archive of keys that cannot be read: 1", "its id is that of another dataset here: 1",
                "key without a digest that its bytes can be compared with: 1", "not named by the id of a dataset: 1",
                "other size than its key says: 1", "packed key in an archive (`hutch import-ria` unpacks it): 1",
                "repository that cannot be taken: 1", "unknown layout of a dataset: 1",
            ],
            plan.GetProperty("leftOut").EnumerateArray().Select(one => $"{one.GetProperty("reason").GetString()}: {one.GetProperty("count").GetInt32()}"));
        Assert.Equal((2, 2, 6), (plan.GetProperty("datasets").GetArrayLength(), plan.GetProperty("files").GetInt32(), plan.GetProperty("bytes").GetInt32()));
        string[] notices = [.. plan.GetProperty("notices").EnumerateArray().Select(one => one.GetString()!)];
        Assert.Contains("Keys: 1 of MD5E (3 B), 1 of SHA256 (3 B). Their bytes stay in the store.", notices);
        Assert.Contains(notices, notice => notice.Contains("'commondir', which leads to another repository", StringComparison.Ordinal));
        Assert.Equal(0, (await server.RestAsync(HttpMethod.Get, "agent/folders?adopted=true")).GetProperty("items").GetArrayLength());
    }

    /// <summary>Sets the branch of git-annex to one with the log of a key.</summary>
    private static void SetLog(StoreFolder store, DatasetId id, string key, string log)
    {
        string[] directories = HashDirectory.LowerOf(key).Split('/');
        ObjectId leaf = store.AddLoose(id, ObjectKind.Blob, Encoding.ASCII.GetBytes(log));
        ObjectId second = store.AddLoose(id, ObjectKind.Tree, PackBuilder.TreeOf(("100644", key + ".log", leaf)));
        ObjectId first = store.AddLoose(id, ObjectKind.Tree, PackBuilder.TreeOf(("40000", directories[1], second)));
        ObjectId tree = store.AddLoose(id, ObjectKind.Tree, PackBuilder.TreeOf(("40000", directories[0], first)));
        store.SetRef(id, "refs/heads/git-annex", store.AddLoose(id, ObjectKind.Commit, PackBuilder.CommitOf(tree)));
    }

    private static DatasetId NewId() => new(Guid.NewGuid());

    /// <summary>A dataset with a packed commit that has text and two keys, and a loose branch of git-annex.</summary>
    private static ObjectId AddHistory(StoreFolder store, DatasetId id, string first, string second)
    {
        store.Add(id, "Brain");
        var pack = new PackBuilder();
        ObjectId link = pack.AddBlob(KeyName.Parse(first)!.ToLink(0));
        ObjectId below = pack.AddTree(("120000", "other", pack.AddBlob(KeyName.Parse(second)!.ToLink(1))));
        ObjectId commit = pack.AddCommit(
            pack.AddTree(("120000", "brain.nii.gz", link), ("40000", "sub", below), ("100644", "text.txt", pack.AddBlob("words"))));
        store.SetPack(id, pack);
        store.SetRef(id, Main, commit);
        ObjectId log = store.AddLoose(id, ObjectKind.Blob, "11111111-2222-3333-4444-555555555555 storage timestamp=1s\n"u8.ToArray());
        ObjectId tree = store.AddLoose(id, ObjectKind.Tree, PackBuilder.TreeOf(("100644", "uuid.log", log)));
        store.SetRef(id, "refs/heads/git-annex", store.AddLoose(id, ObjectKind.Commit, PackBuilder.CommitOf(tree)));
        return commit;
    }

    private static Task<JsonElement> AdoptAsync(GitServer server, StoreFolder store, bool dryRun = false) =>
        server.RestAsync(HttpMethod.Post, "agent/adoptions", new { folder = store.Root, store = true, dryRun });

    private static string? Name(JsonElement adopted) => adopted.GetProperty("datasets")[0].GetProperty("name").GetString();

    /// <summary>The refs that a clone gets.</summary>
    private static async Task<string> RefsAsync(GitServer server, DatasetId id) => (await server.GitAsync(
        HttpMethod.Post, $"git/{id}/git-upload-pack", server.AdminToken, Encoding.ASCII.GetBytes("0014command=ls-refs\n0000"))).Text;

    private static async Task AssertServedAsync(GitServer server, DatasetId id, string key, byte[] content)
    {
        foreach (string path in (string[])[$"git/{id}/annex/objects/{key}", $"ria/{RiaLayout.PathOf(id)}/annex/objects/xx/yy/{key}/{key}"])
        {
            GitAnswer answer = await server.GitAsync(HttpMethod.Get, path, server.AdminToken, protocol: null);
            Assert.Equal((HttpStatusCode.OK, content.Length), (answer.Status, answer.Body.Length));
            Assert.Equal(content, answer.Body);
        }
    }

    /// <summary>Starts the server again, and waits until all keys are hashed.</summary>
    private static async Task HashAsync(GitServer server, StoreFolder store)
    {
        server.QuietSeconds = 1;
        await server.RestartAsync();
        await WaitAsync(
            server, static folder => folder.GetProperty("pendingHashes").GetInt32() == 0 && folder.GetProperty("files").GetInt32() == 2,
            () => AdoptAsync(server, store));
    }

    /// <param name="again">What is done before each look; null for nothing.</param>
    private static async Task<JsonElement> WaitAsync(GitServer server, Func<JsonElement, bool> isDone, Func<Task>? again = null)
    {
        while (true)
        {
            JsonElement items = (await server.RestAsync(HttpMethod.Get, "agent/folders?adopted=true")).GetProperty("items");
            if (items.GetArrayLength() == 1)
            {
                Assert.False(items[0].TryGetProperty("problem", out JsonElement problem), problem.ToString());
            }

            if (items.GetArrayLength() == 1 && isDone(items[0]))
            {
                return items[0];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(again is null ? 50 : 300), Ct);
            await (again?.Invoke() ?? Task.CompletedTask);
        }
    }
}
