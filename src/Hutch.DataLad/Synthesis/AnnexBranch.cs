using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// The branch <c>git-annex</c> of a dataset, as one commit: which storage there is, and that it has the keys of all versions that stay. All
/// location logs are the same few bytes, so that a key costs its name in a tree, and nothing else.
/// </summary>
internal sealed class AnnexBranch(PermanentVersionService versions, Func<string> zone)
{
    public const string Ref = "refs/heads/git-annex";

    private const long MillisecondsPerSecond = 1000;
    private const int LevelBits = 12;

    /// <summary>Makes the commit; a sink that wants nothing still learns its name.</summary>
    public async Task<ObjectId> BuildAsync(PermanentVersions permanent, int maxKeys, IObjectSink sink, CancellationToken ct)
    {
        List<KeyInBranch> keys = await ListKeysAsync(permanent, maxKeys, ct);
        keys.Sort();
        var storage = new StorageLogs(permanent.Id, permanent.Dataset.Created / MillisecondsPerSecond);
        ObjectId present = WriteText(storage.Present, sink);
        var top = new TreeBuffer();
        for (int at = 0; at < keys.Count;)
        {
            int first = keys[at].Place >> LevelBits;
            var below = new TreeBuffer();
            while (at < keys.Count && keys[at].Place >> LevelBits == first)
            {
                int position = keys[at].Place;
                ObjectId leaf = WriteLeaf(keys, ref at, present, sink);
                below.Add(TreeMode.Directory, Hex(position & ((1 << LevelBits) - 1)), leaf);
            }

            top.Add(TreeMode.Directory, Hex(first), below.WriteTo(sink));
        }

        top.Add(TreeMode.File, StorageLogs.RemoteLog, WriteText(storage.Remote, sink));
        top.Add(TreeMode.File, StorageLogs.UuidLog, WriteText(storage.Description, sink));
        SiteSnapshot newest = permanent.Main.Concat(permanent.Tagged).MaxBy(static snapshot => snapshot.Number)!;
        var commit = new CommitText(
            top.WriteTo(sink), null, "hutch", "hutch@" + zone(), newest.Time / MillisecondsPerSecond, $"Keys up to @{newest.Number}\n");
        return sink.WriteCommit(commit);
    }

    private static ObjectId WriteLeaf(List<KeyInBranch> keys, ref int at, ObjectId present, IObjectSink sink)
    {
        int position = keys[at].Place;
        var leaf = new TreeBuffer();
        string? before = null;
        for (; at < keys.Count && keys[at].Place == position; at++)
        {
            string name = keys[at].LogName;
            if (name != before)
            {
                leaf.Add(TreeMode.File, name, present);
                before = name;
            }
        }

        return leaf.WriteTo(sink);
    }

    private async Task<List<KeyInBranch>> ListKeysAsync(PermanentVersions permanent, int maxKeys, CancellationToken ct)
    {
        var keys = new List<KeyInBranch>();
        var rule = ContentRule.From(permanent.Dataset);
        TreeRoot? before = null;
        foreach (SiteSnapshot snapshot in permanent.Main.Concat(permanent.Tagged))
        {
            if (before is { } known)
            {
                await foreach (TreeDifference difference in versions.DiffAsync(known, snapshot.Root, ct))
                {
                    Add(difference.Path, difference.After);
                }
            }
            else
            {
                await foreach (PathEntry file in versions.EnumerateAsync(snapshot.Root, ct))
                {
                    Add(file.Path, file.Entry);
                }
            }

            before = snapshot.Root;
        }

        return keys;

        void Add(DatasetPath path, Entry? entry)
        {
            string name = path.Name;
            if (entry is not { Kind: EntryKind.File } || rule.IsGitContent(path.Value, entry))
            {
                return;
            }

            keys.Add(KeyInBranch.From(AnnexKey.From(entry, name)));
            if (keys.Count > maxKeys)
            {
                throw ErrorCode.TooLarge.With(
                    $"The dataset has more than the {maxKeys} files that the server shows as a git repository (dataLad.maxFiles). "
                    + "`hutch clone` has no such limit.").ToException();
            }
        }
    }

    private static string Hex(int bits) => bits.ToString("x3", CultureInfo.InvariantCulture);

    private static ObjectId WriteText(string text, IObjectSink sink) => sink.WriteBlob(Encoding.UTF8.GetBytes(text));
}
