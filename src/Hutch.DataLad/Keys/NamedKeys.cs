using System.Text;
using Hutch.DataLad.Annex;
using Hutch.DataLad.Store;
using Hutch.Datasets.Versions;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.DataLad.Keys;

/// <summary>Which keys of git-annex something names. Rather too many are found than too few: what is not found ends.</summary>
internal sealed class NamedKeys(KeptVersionService versions, RepositoryStore stored)
{
    /// <summary>The longest link or pointer that there is.</summary>
    private const int MaxNameBytes = 4 << 10;

    /// <summary>
    /// What all objects say that git brought. No ref of theirs ever goes back or away, so that none of them belongs to no commit or branch.
    /// </summary>
    public async Task<HashSet<string>> InRepositoryAsync(SiteDataset dataset, CancellationToken ct)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using ObjectStore store = await stored.OpenAsync(dataset, ct);
        foreach (byte[] blob in store.SmallBlobs(MaxNameBytes))
        {
            ct.ThrowIfCancellationRequested();
            Add(names, blob);
        }

        return names;
    }

    /// <summary>What the head and the versions that stay say, from whichever door they came.</summary>
    public async Task<HashSet<string>> InVersionsAsync(KeptVersions kept, CancellationToken ct)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        TreeRoot before = TreeRoot.Empty;
        foreach (TreeRoot root in kept.Main.Concat(kept.Tagged).Select(static version => version.Root).Append(kept.Dataset.Root))
        {
            await foreach (TreeDifference change in versions.DiffAsync(before, root, ct))
            {
                if (change.After is { Kind: EntryKind.SymbolicLink } link)
                {
                    Add(names, Encoding.UTF8.GetBytes(link.Target!));
                }
                else if (change.After is { Kind: EntryKind.File, Size: <= MaxNameBytes } file)
                {
                    Add(names, await versions.ReadAsync(kept.Id, file.Hash, MaxNameBytes, ct));
                }
            }

            before = root;
        }

        return names;
    }

    private static void Add(HashSet<string> names, byte[] content)
    {
        if ((KeyName.OfPointer(content) ?? LfsPointer.Parse(content) ?? KeyName.OfLink(Encoding.UTF8.GetString(content))) is { } key)
        {
            names.Add(key.Name);
        }
    }
}
