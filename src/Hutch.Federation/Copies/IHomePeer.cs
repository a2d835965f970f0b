using Hutch.Federation.Wire;

namespace Hutch.Federation.Copies;

/// <summary>The home of a dataset as a site reaches it that is to have a copy: over the network, or in a simulation. It may lie.</summary>
internal interface IHomePeer
{
    string Name { get; }

    /// <summary>The fingerprint of its key, which the connection has proved.</summary>
    BlobHash Key { get; }

    /// <summary>The number of answers, including refusals.</summary>
    long Answers { get; }

    /// <summary>Its history of a dataset; null when it is still the one that is known.</summary>
    Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct);

    Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct);

    Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct);

    /// <summary>The bytes of a large file from one on, up to another; sites of an earlier release go on behind that.</summary>
    Task<Result<Stream>> PartAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct);

    /// <summary>
    /// The same from the beginning of a part on, and behind each part what the home signs of it. Not found at homes of an earlier release.
    /// </summary>
    Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct);

    /// <summary>
    /// Reads the signed hash of each part between two bytes, without the parts. Not found at sites of an earlier release.
    /// </summary>
    Task<Result<Stream>> HashesAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct);

    /// <summary>Files that the home has not hashed yet, behind a path. Not found at homes of an earlier release.</summary>
    Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct);

    /// <summary>Bytes of such a file, from one up to another.</summary>
    Task<Result<Stream>> UnhashedPartAsync(
        DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct);
}

/// <summary>A site that has a copy, as the home reaches it: it gives the home what that has given up. It may lie.</summary>
internal interface IHolderPeer : IHomePeer
{
    /// <summary>Asks it to keep its copy, and to prove that all of it is there.</summary>
    Task<Result<HoldAnswer>> HoldAsync(HoldRequest request, CancellationToken ct);

    /// <summary>Says that it need not keep it any more.</summary>
    Task<Result<DoneAnswer>> UnholdAsync(UnholdRequest request, CancellationToken ct);
}

/// <summary>Reports from this site about copies and moves to the zone, over the network or in the same process.</summary>
internal interface IZoneReports
{
    Task<Result<Done>> ReportAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct);

    Task<Result<Done>> ReportAsync(DatasetId dataset, MoveReport report, CancellationToken ct);

    Task<Result<Done>> ReportAsync(DatasetId dataset, EndReport report, CancellationToken ct);

    /// <summary>
    /// Reports the begin or end of a hold of this site's copy. Refused if the zone does not count on the copy: it may have released it.
    /// </summary>
    Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct);

    /// <summary>Reports that nothing of a dataset purged everywhere is left here, with the signature of this site.</summary>
    Task<Result<Done>> ReportPurgedAsync(DatasetId dataset, string proof, CancellationToken ct);

    /// <summary>
    /// Asks for a name for what this site had accepted in an epoch, and the new home of the dataset does not know. The same for ever.
    /// </summary>
    Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct);
}

/// <summary>A history as it came, not looked at yet.</summary>
internal sealed record OfferedHistory(byte[] Statement, byte[] Signature, Stream Document);
