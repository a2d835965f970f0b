using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;
using Hutch.Model;

namespace Hutch.DataLad.Tests.Receiving;

/// <summary>What the home of a dataset says that git brought takes the place of what a copy has only when nothing is lost by it.</summary>
public sealed class RepositoryCheckTests
{
    private const string Main = "refs/heads/main";
    private const string Tag = "refs/tags/v1";
    private const string Refs = "packed-refs";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_pushes_add_is_taken_also_when_packs_were_merged()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        ObjectId last = await PushAsync(server, id, default, 0);
        TreeRoot first = await RepositoryAsync(server, id);
        for (int i = 1; i <= PackCount; i++)
        {
            last = await PushAsync(server, id, last, i);
        }

        TreeRoot now = await RepositoryAsync(server, id);

        Assert.True(await server.CountPacksAsync(id) < PackCount);
        Assert.Null(await server.CheckAsync(id, null, now));
        Assert.Null(await server.CheckAsync(id, first, now));
        Assert.Contains("lacks the object", (await server.CheckAsync(id, now, first))!.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "branch left out", "which this site has, is not in it" },
        { "branch moved back", "was moved back or aside" },
        { "branch moved aside", "was moved back or aside" },
        { "tag moved", "which this site has, names something else" },
        { "branch that names no commit", "or no commit" },
        { "branch that names nothing", "names what is not in it" },
        { "ref that nobody can push", "which cannot be pushed" },
        { "ref of no version", "which cannot be pushed" },
        { "lines that are no refs", "not written as they are stored" },
        { "HEAD that names no branch", "names no branch" },
        { "object with another byte", "a pack is damaged" },
        { "pack that is none", "a pack is damaged" },
        { "pack with a delta", "a pack is damaged" },
        { "index with another byte", "is not that of the pack" },
        { "index that is none", "is not that of the pack" },
        { "directory with a harmful name", "which could harm those who clone it" },
        { "commit without its directory", "is missing, though something" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_repository_that_lost_or_lies_is_refused_with_the_reason(string lie, string reason)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        ObjectId one = await PushAsync(server, id, default, 1);
        ObjectId two = await PushAsync(server, id, one, 2);
        Assert.Contains("ok " + Tag, (await server.PushAsync(id, new PackBuilder(), (Tag, default, one))).Text, StringComparison.Ordinal);
        TreeRoot now = await RepositoryAsync(server, id);
        Dictionary<string, byte[]> files = await FilesAsync(server, id, now);

        Lie(server, files, lie, one, two);
        TreeRoot forged = await ForgeAsync(server, files);

        Assert.Contains(reason, (await server.CheckAsync(id, now, forged))!.Message, StringComparison.Ordinal);
    }

    private const int PackCount = 20;

    private static async Task<ObjectId> PushAsync(GitServer server, string id, ObjectId parent, int number)
    {
        var pack = new PackBuilder();
        ObjectId tree = pack.AddTree(("100644", $"{number:d2}.txt", pack.AddBlob("words of " + number)));
        ObjectId commit = parent.IsZero ? pack.AddCommit(tree) : pack.AddCommit(tree, parent);
        GitAnswer answer = await server.PushAsync(id, pack, (Main, parent, commit));
        Assert.Contains("ok " + Main, answer.Text, StringComparison.Ordinal);
        return commit;
    }

    private static void Lie(GitServer server, Dictionary<string, byte[]> files, string lie, ObjectId one, ObjectId two)
    {
        string anyPack = files.Keys.First(static path => path.EndsWith(".pack", StringComparison.Ordinal));
        string anyIndex = files.Keys.First(static path => path.EndsWith(".idx", StringComparison.Ordinal));
        switch (lie)
        {
            case "branch left out": Change(files, $"{two} {Main}\n", ""); break;
            case "branch moved back": Change(files, $"{two} {Main}", $"{one} {Main}"); break;
            case "branch moved aside": Change(files, $"{two} {Main}", $"{Add(server, files, "100644", "a.txt")} {Main}"); break;
            case "tag moved": Change(files, $"{one} {Tag}", $"{two} {Tag}"); break;
            case "branch that names no commit": Change(files, $" {Main}\n", $" {Main}\n{AddBlob(server, files)} refs/heads/new\n"); break;
            case "branch that names nothing": Change(files, $" {Main}\n", $" {Main}\n{new string('a', 40)} refs/heads/new\n"); break;
            case "ref that nobody can push": Change(files, $" {Main}\n", $" {Main}\n{one} refs/heads/new..er\n"); break;
            case "ref of no version": Change(files, $" {Main}\n", $" {Main}\n{one} refs/hutch/versions/01\n"); break;
            case "lines that are no refs": Change(files, $"{one} {Tag}", $"^{one}\n{one} {Tag}"); break;
            case "HEAD that names no branch": files["HEAD"] = "ref: ../../x\n"u8.ToArray(); break;
            case "object with another byte": files[anyPack][20] ^= 1; break;
            case "pack that is none": files[anyPack] = "PACK"u8.ToArray(); break;
            case "pack with a delta": AddPack(server, files, Deltas()); break;
            case "index with another byte": files[anyIndex][^50] ^= 1; break;
            case "index that is none": files[anyIndex] = []; break;
            case "directory with a harmful name": Change(files, $"{one} {Tag}", $"{one} {Tag}\n{Add(server, files, "40000", ".git")} refs/tags/x"); break;
            case "commit without its directory": Change(files, $"{one} {Tag}", $"{one} {Tag}\n{AddCommitAlone(server, files)} refs/tags/x"); break;
            default: throw new InvalidOperationException(lie);
        }
    }

    private static void Change(Dictionary<string, byte[]> files, string from, string to)
    {
        string text = Encoding.UTF8.GetString(files[Refs]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        files[Refs] = Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }

    private static ObjectId Add(GitServer server, Dictionary<string, byte[]> files, string mode, string name)
    {
        var pack = new PackBuilder();
        ObjectId blob = pack.AddBlob("of somebody else");
        ObjectId commit = pack.AddCommit(pack.AddTree((mode, name, mode == "40000" ? pack.AddTree(("100644", "x", blob)) : blob)));
        AddPack(server, files, pack.Build());
        return commit;
    }

    private static ObjectId AddBlob(GitServer server, Dictionary<string, byte[]> files)
    {
        var pack = new PackBuilder();
        ObjectId blob = pack.AddBlob("no commit");
        AddPack(server, files, pack.Build());
        return blob;
    }

    private static ObjectId AddCommitAlone(GitServer server, Dictionary<string, byte[]> files)
    {
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(ObjectId.Compute(ObjectKind.Tree, "nowhere"u8));
        AddPack(server, files, pack.Build());
        return commit;
    }

    private static byte[] Deltas()
    {
        var pack = new PackBuilder();
        ObjectId blob = pack.AddBlob("whole");
        pack.AddDelta(blob, PackBuilder.DeltaOf(5, "more"u8.ToArray()));
        return pack.Build();
    }

    private static void AddPack(GitServer server, Dictionary<string, byte[]> files, byte[] pack)
    {
        string name = $"objects/pack/pack-{new ObjectId(pack.AsSpan(pack.Length - ObjectId.Size))}";
        files[name + ".pack"] = pack;
        files[name + ".idx"] = IndexOrNone(server, pack);
    }

    /// <summary>Nobody can make an index of what is not to be stored.</summary>
    private static byte[] IndexOrNone(GitServer server, byte[] pack)
    {
        try
        {
            return server.IndexOf(pack);
        }
        catch (HutchException)
        {
            return [0];
        }
    }

    private static async Task<TreeRoot> RepositoryAsync(GitServer server, string id) => (await server.DatasetAsync(id)).Repository!.Value;

    private static async Task<Dictionary<string, byte[]>> FilesAsync(GitServer server, string id, TreeRoot root)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await foreach (PathEntry file in server.Repositories.KeptVersions.EnumerateAsync(root, Ct))
        {
            files[file.Path.Value] = await server.Repositories.KeptVersions.ReadAsync(
                new DatasetId(Guid.Parse(id)), file.Entry.Hash, int.MaxValue, Ct);
        }

        return files;
    }

    /// <summary>The files of a repository as those of a dataset: trees of both are the same.</summary>
    private static async Task<TreeRoot> ForgeAsync(GitServer server, Dictionary<string, byte[]> files)
    {
        string id = await server.NewDatasetAsync("forged", isPublic: false);
        foreach ((string path, byte[] content) in files)
        {
            await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", content);
        }

        await server.FixAsync(id);
        return (await server.DatasetAsync(id)).Root;
    }
}
