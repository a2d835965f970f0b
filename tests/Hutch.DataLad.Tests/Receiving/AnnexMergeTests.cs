using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>What people push to the branch git-annex is merged with what is there, whatever they say.</summary>
public sealed class AnnexMergeTests
{
    private const string Annex = "refs/heads/git-annex";

    [Fact]
    public async Task A_forced_push_of_git_annex_is_merged_line_by_line()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        ObjectId first = await PushAsync(server, id, default, ("key.log", "1s 1 aaa\n"), ("uuid.log", "aaa one\n"));

        ObjectId second = await PushAsync(server, id, first, ("key.log", "2s 1 bbb\n"), ("remote.log", "bbb two\n"));
        ObjectId now = await TipAsync(server, id);
        string merged = Encoding.Latin1.GetString((await server.FetchAsync(id, now))[now].Content);

        Assert.NotEqual(first, now);
        Assert.NotEqual(second, now);
        var log = ObjectId.Compute(ObjectKind.Blob, "1s 1 aaa\n2s 1 bbb\n"u8);
        byte[] tree = PackBuilder.TreeOf(
            ("100644", "key.log", log), ("100644", "remote.log", ObjectId.Compute(ObjectKind.Blob, "bbb two\n"u8)),
            ("100644", "uuid.log", ObjectId.Compute(ObjectKind.Blob, "aaa one\n"u8)));
        Assert.Contains($"tree {ObjectId.Compute(ObjectKind.Tree, tree)}\nparent {first}\nparent {second}\n", merged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_git_annex_has_already_changes_nothing()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        ObjectId first = await PushAsync(server, id, default, ("key.log", "1s 1 aaa\n"));
        var pack = new PackBuilder();
        ObjectId tree = pack.AddTree(("100644", "key.log", pack.AddBlob("1s 1 aaa\n3s 1 ccc\n")));
        ObjectId next = pack.AddCommit(tree, first);
        await server.PushAsync(id, pack, (Annex, first, next));

        GitAnswer again = await server.PushAsync(id, new PackBuilder(), (Annex, next, first));

        Assert.Contains("ok " + Annex, again.Text, StringComparison.Ordinal);
        Assert.Equal(next, await TipAsync(server, id));
    }

    [Fact]
    public async Task A_tree_that_unfolds_without_end_is_merged_once_or_refused()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.PushAsync(id, Unfolding("one", 40, out ObjectId one), (Annex, default, one));

        GitAnswer answer = await server.PushAsync(id, Unfolding("two", 40, out ObjectId two), (Annex, one, two));

        Assert.Contains("not a branch of git-annex", answer.Text, StringComparison.Ordinal);
        Assert.Equal(one, await TipAsync(server, id));
    }

    [Fact]
    public async Task However_many_pushes_come_there_are_few_packs_and_everything_is_there()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        ObjectId tip = default;
        for (int i = 0; i < 40; i++)
        {
            var pack = new PackBuilder();
            ObjectId next = pack.AddCommit(pack.AddTree(("100644", "a.txt", pack.AddBlob($"words {i}"))), tip.IsZero ? [] : [tip]);
            GitAnswer answer = await server.PushAsync(id, pack, ("refs/heads/main", tip, next));
            Assert.Contains("ok refs/heads/main", answer.Text, StringComparison.Ordinal);
            tip = next;
        }

        Assert.InRange(await server.CountPacksAsync(id), 1, Hutch.DataLad.Receiving.PackSet.MaxPacks);
        await server.RestartAsync();
        Assert.Equal(3 * 40, (await server.FetchAsync(id, tip)).Count);
    }

    private static PackBuilder Unfolding(string words, int depth, out ObjectId commit)
    {
        var pack = new PackBuilder();
        ObjectId tree = pack.AddTree(("100644", "x", pack.AddBlob(words)));
        for (int i = 0; i < depth; i++)
        {
            tree = pack.AddTree(("40000", "a", tree), ("40000", "b", tree));
        }

        commit = pack.AddCommit(tree);
        return pack;
    }

    private static async Task<ObjectId> PushAsync(GitServer server, string id, ObjectId from, params (string Name, string Log)[] logs)
    {
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree([.. logs.Select(log => ("100644", log.Name, pack.AddBlob(log.Log)))]));
        GitAnswer answer = await server.PushAsync(id, pack, (Annex, from, commit));
        Assert.Contains("ok " + Annex, answer.Text, StringComparison.Ordinal);
        return commit;
    }

    private static async Task<ObjectId> TipAsync(GitServer server, string id)
    {
        string refs = await server.RefsAsync(id);
        int at = refs.IndexOf(" " + Annex, StringComparison.Ordinal);
        Assert.True(ObjectId.TryParse(Encoding.ASCII.GetBytes(refs[(at - ObjectId.TextLength)..at]), out ObjectId tip));
        return tip;
    }
}
