namespace Hutch.Federation.Wire;

/// <summary>
/// A request to the home of a dataset, or a report to the zone. It is about one dataset, which the sender is to have or reads for a user.
/// </summary>
internal abstract record CopyRequest
{
    public required DatasetId Dataset { get; init; }

    /// <summary>For whom the site reads; null when it is to have a copy.</summary>
    public Reader? Reader { get; init; }
}

internal sealed record Reader
{
    /// <summary>The public part of the token; null for a user without one.</summary>
    public string? Token { get; init; }

    /// <summary>True if the user has changed the dataset through the site since its last request, and must find that change.</summary>
    public bool HasWritten { get; init; }
}

internal sealed record HistoryRequest : CopyRequest
{
    /// <summary>The history that the site has whole: it is not sent again.</summary>
    public BlobHash? Known { get; init; }
}

internal sealed record PagesRequest : CopyRequest
{
    /// <summary>At most <see cref="SiteProtocol.MaxNames"/>.</summary>
    public required IReadOnlyList<BlobHash> Pages { get; init; }
}

internal sealed record BlobsRequest : CopyRequest
{
    /// <summary>At most <see cref="SiteProtocol.MaxNames"/> blobs.</summary>
    public required IReadOnlyList<PageBlobs> Pages { get; init; }

    /// <summary>
    /// True if the answer leaves out files that the home lacks, where it would else end. A request for such a file alone gets the reason. A
    /// site of an earlier release does not send this, and a home of one does not know it.
    /// </summary>
    public bool MayLeaveOut { get; init; }
}

/// <summary>Blobs, and a page that names all of them: a hash alone gets nothing.</summary>
internal sealed record PageBlobs(BlobHash Page, IReadOnlyList<BlobHash> Blobs);

/// <summary>Requests a large file from an offset on, or the signed hashes of its parts.</summary>
internal sealed record PartRequest : CopyRequest
{
    public required BlobHash Page { get; init; }

    public required BlobHash Blob { get; init; }

    public required long Offset { get; init; }

    /// <summary>Up to which byte; null for the end of the file.</summary>
    public long? Until { get; init; }
}

internal sealed record MoveUpdate : CopyRequest
{
    public required MoveReport Report { get; init; }
}

/// <summary>Reports to the zone that a home has deleted, restored or ended a dataset.</summary>
internal sealed record EndUpdate : CopyRequest
{
    public required EndReport Report { get; init; }
}

/// <summary>Reports to the zone that nothing of a dataset with an order to purge is left.</summary>
internal sealed record PurgeUpdate : CopyRequest
{
    public required string Proof { get; init; }
}

/// <summary>Asks the zone for a name for what the site had accepted, and the new home of the dataset does not know.</summary>
internal sealed record LostDatasetRequest : CopyRequest
{
    public required long Epoch { get; init; }
}

internal sealed record CopyReport : CopyRequest
{
    public required CopyProgress Progress { get; init; }
}

/// <summary>A home's request to hold a copy until the home ends the hold, and to prove that all of it is there.</summary>
internal sealed record HoldRequest : CopyRequest
{
    public required long Epoch { get; init; }

    /// <summary>The history that the copy must have.</summary>
    public required BlobHash History { get; init; }

    /// <summary>An unpredictable number: bytes read before it was chosen prove nothing.</summary>
    public required BlobHash Nonce { get; init; }
}

internal sealed record HoldAnswer
{
    /// <summary>The digest of the copy; null while the site still reads it.</summary>
    public BlobHash? Digest { get; init; }

    public string? Proof { get; init; }
}

internal sealed record UnholdRequest : CopyRequest
{
    /// <summary>The number by which the home had asked.</summary>
    public required BlobHash Nonce { get; init; }

    public required string Proof { get; init; }
}

/// <summary>Reports the begin or end of a site's hold to the zone.</summary>
internal sealed record HoldUpdate : CopyRequest
{
    public required bool IsHeld { get; init; }
}
