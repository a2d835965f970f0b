using Hutch.Federation.Copies;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Support;

/// <summary>A site that does not have some files: it leaves them out of an answer with others, and refuses them alone.</summary>
internal sealed class LackingPeer(IHomePeer inner, Func<BlobHash, bool> lacks) : PassingPeer(inner)
{
    /// <summary>What it says of them.</summary>
    public HutchError Refusal { get; init; } = ErrorCode.Quarantined.With("The stored bytes are damaged.");

    /// <summary>Whether it is of an earlier release, and refuses what has one of them.</summary>
    public bool IsEarlier { get; init; }

    /// <summary>How often it was asked for one alone.</summary>
    public int Refused { get; private set; }

    public override async Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct)
    {
        PageBlobs[] rest =
            [.. pages.Select(page => page with { Blobs = [.. page.Blobs.Where(blob => !lacks(blob))] }).Where(page => page.Blobs.Count > 0)];
        bool isAll = rest.Sum(static page => page.Blobs.Count) == pages.Sum(static page => page.Blobs.Count);
        if (!isAll && (IsEarlier || pages is [{ Blobs.Count: 1 }]))
        {
            Refused++;
            return Refusal;
        }

        return rest.Length > 0 ? await Inner.BlobsAsync(dataset, rest, ct) : new MemoryStream(new byte[1024]);
    }

    public override async Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        lacks(blob) ? Refusal : await Inner.PartAsync(dataset, page, blob, offset, until, ct);
}
