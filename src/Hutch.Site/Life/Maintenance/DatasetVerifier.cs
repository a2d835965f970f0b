using System.Runtime.CompilerServices;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Reads every file of a version again and checks it against its hash.</summary>
/// <remarks>For trees only: a tree has only files with a hash, and a head may have files that are still to be hashed.</remarks>
public sealed class DatasetVerifier(Tree tree, BlobStore blobs)
{
    private const int FilesPerReport = 100;

    /// <summary>Verifies a version; reports progress, and the complete result last.</summary>
    public async IAsyncEnumerable<VerifyProgress> VerifyAsync(
        DatasetId dataset, TreeRoot root, [EnumeratorCancellation] CancellationToken ct)
    {
        long files = 0;
        long bytes = 0;
        var verified = new HashSet<BlobHash>();
        var problems = new List<string>();
        await foreach (PathEntry entry in tree.EnumerateAsync(root, null, "", ct))
        {
            if (entry.Entry.Kind != EntryKind.File)
            {
                continue;
            }

            files++;
            bytes += entry.Entry.Size;
            if (verified.Add(entry.Entry.Hash) && await FindFaultAsync(dataset, entry.Entry.Hash, entry.Entry.Size, ct) is { } fault)
            {
                problems.Add($"'{entry.Path}': {fault}");
            }

            if (files % FilesPerReport == 0)
            {
                yield return new VerifyProgress(files, bytes, [.. problems]);
            }
        }

        yield return new VerifyProgress(files, bytes, problems);
    }

    /// <summary>Returns the error in the stored bytes of a file, or null.</summary>
    /// <param name="size">The size that the dataset names; null if it names none.</param>
    internal async Task<string?> FindFaultAsync(DatasetId dataset, BlobHash hash, long? size, CancellationToken ct)
    {
        try
        {
            if (await blobs.FindAsync(dataset, hash, ct) is not { } content)
            {
                return $"the blob {hash} is not stored";
            }

            BlobHash actual = await content.HashAsync(null, null, ct);
            return actual != hash
                ? $"the stored bytes have the SHA-256 {actual}, not {hash}"
                : size is { } named && content.Size != named ? $"the blob has {content.Size} bytes, the entry says {named}" : null;
        }
        catch (HutchException e)
        {
            return e.Message;
        }
    }
}

/// <param name="Problems">The problems, a sentence each, beginning with the path.</param>
public sealed record VerifyProgress(long Files, long Bytes, IReadOnlyList<string> Problems);
