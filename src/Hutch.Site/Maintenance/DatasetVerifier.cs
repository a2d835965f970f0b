using System.Runtime.CompilerServices;
using Hutch.Model;
using Hutch.Site.Blobs;
using Hutch.Site.Heads;

namespace Hutch.Site.Maintenance;

/// <summary>Reads every file of a version again and checks it against its hash.</summary>
public sealed class DatasetVerifier(HeadReader heads, BlobStore blobs)
{
    private const int FilesPerReport = 100;

    /// <summary>Verifies a version; reports as it goes, last with everything.</summary>
    /// <param name="view">The version.</param>
    /// <param name="ct">Cancels.</param>
    public async IAsyncEnumerable<VerifyProgress> VerifyAsync(TreeView view, [EnumeratorCancellation] CancellationToken ct)
    {
        long files = 0;
        long bytes = 0;
        var verified = new HashSet<BlobHash>();
        var problems = new List<string>();
        await foreach (PathEntry entry in heads.EnumerateAsync(view, "", ct))
        {
            if (entry.Entry.Kind != EntryKind.File)
            {
                continue;
            }

            files++;
            bytes += entry.Entry.Size;
            if (verified.Add(entry.Entry.Hash) && await FindFaultAsync(view.Dataset.Id, entry.Entry, ct) is { } fault)
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

    /// <summary>What is wrong with the stored bytes of a file, or null.</summary>
    private async Task<string?> FindFaultAsync(DatasetId dataset, Entry file, CancellationToken ct)
    {
        try
        {
            if (await blobs.FindAsync(dataset, file.Hash, ct) is not { } content)
            {
                return $"the blob {file.Hash} is not stored";
            }

            BlobHash actual = await content.HashAsync(null, ct);
            return actual != file.Hash
                ? $"the stored bytes have the SHA-256 {actual}, not {file.Hash}"
                : content.Size != file.Size ? $"the blob has {content.Size} bytes, the entry says {file.Size}" : null;
        }
        catch (HutchException e)
        {
            return e.Message;
        }
    }
}

/// <param name="Files">Files checked.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problems">What was found, a sentence each, beginning with the path.</param>
public sealed record VerifyProgress(long Files, long Bytes, IReadOnlyList<string> Problems);
