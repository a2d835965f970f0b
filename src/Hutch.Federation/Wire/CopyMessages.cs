using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Homes;

namespace Hutch.Federation.Wire;

/// <summary>
/// What a site asks the home of a dataset for, and tells the zone. All of it is about one dataset, which it is to have, or reads for
/// somebody.
/// </summary>
internal abstract record CopyRequest
{
    public required DatasetId Dataset { get; init; }

    /// <summary>For whom the site reads; null when it is to have a copy.</summary>
    public Reader? Reader { get; init; }
}

/// <summary>Who uses a site.</summary>
internal sealed record Reader
{
    /// <summary>The public part of the token; null for somebody without one.</summary>
    public string? Token { get; init; }

    /// <summary>Whether he has changed the dataset through the site since it asked last, and is to find that.</summary>
    public bool HasWritten { get; init; }
}

/// <summary>Asks for the history of the dataset.</summary>
internal sealed record HistoryRequest : CopyRequest
{
    /// <summary>The history that the site has whole: it is not sent again.</summary>
    public BlobHash? Known { get; init; }
}

/// <summary>Asks for pages of its trees.</summary>
internal sealed record PagesRequest : CopyRequest
{
    /// <summary>At most <see cref="SiteProtocol.MaxNames"/>.</summary>
    public required IReadOnlyList<BlobHash> Pages { get; init; }
}

/// <summary>Asks for files of its trees.</summary>
internal sealed record BlobsRequest : CopyRequest
{
    /// <summary>At most <see cref="SiteProtocol.MaxNames"/> blobs.</summary>
    public required IReadOnlyList<PageBlobs> Pages { get; init; }

    /// <summary>
    /// Whether files that the home does not have are left out of the answer, in place of which it would end. Whoever asks for one that was
    /// left out alone hears why. A site of an earlier release does not say it, and a home of one does not know it.
    /// </summary>
    public bool MayLeaveOut { get; init; }
}

/// <summary>Blobs, and a page that names all of them: a hash by itself gets nothing.</summary>
internal sealed record PageBlobs(BlobHash Page, IReadOnlyList<BlobHash> Blobs);

/// <summary>Asks for a large file from a byte on, or for what is signed of it.</summary>
internal sealed record PartRequest : CopyRequest
{
    public required BlobHash Page { get; init; }

    public required BlobHash Blob { get; init; }

    public required long Offset { get; init; }

    /// <summary>Up to which byte; null for the end of the file.</summary>
    public long? Until { get; init; }
}

/// <summary>Tells the zone what a home does about a move.</summary>
internal sealed record MoveUpdate : CopyRequest
{
    public required MoveReport Report { get; init; }
}

/// <summary>Tells the zone what a home has deleted, restored or ended.</summary>
internal sealed record EndUpdate : CopyRequest
{
    public required EndReport Report { get; init; }
}

/// <summary>Tells the zone that nothing of what it has ordered to be purged is left.</summary>
internal sealed record PurgeUpdate : CopyRequest
{
    /// <summary>The site's signature.</summary>
    public required string Proof { get; init; }
}

/// <summary>Asks the zone for a name for what the site had accepted, and the new home of the dataset does not know.</summary>
internal sealed record LostDatasetRequest : CopyRequest
{
    /// <summary>The epoch in which it was accepted.</summary>
    public required long Epoch { get; init; }
}

/// <summary>Tells the zone how far a copy is.</summary>
internal sealed record CopyReport : CopyRequest
{
    public required CopyProgress Progress { get; init; }
}

/// <summary>The home asks a site to keep its copy until it is told otherwise, and to prove that all of it is there.</summary>
internal sealed record HoldRequest : CopyRequest
{
    /// <summary>The epoch of the home.</summary>
    public required long Epoch { get; init; }

    /// <summary>The history that the copy must have.</summary>
    public required BlobHash History { get; init; }

    /// <summary>A number that nobody can guess: what was read before it was chosen proves nothing.</summary>
    public required BlobHash Nonce { get; init; }
}

/// <summary>The copy is held.</summary>
internal sealed record HoldAnswer
{
    /// <summary>The digest of what was read; null while the site still reads.</summary>
    public BlobHash? Digest { get; init; }

    /// <summary>The site's signature of it.</summary>
    public string? Proof { get; init; }
}

/// <summary>The home says that a site need not keep its copy any more.</summary>
internal sealed record UnholdRequest : CopyRequest
{
    /// <summary>The number by which the home had asked.</summary>
    public required BlobHash Nonce { get; init; }

    /// <summary>The home's signature.</summary>
    public required string Proof { get; init; }
}

/// <summary>Tells the zone whether a site keeps its copy for the home.</summary>
internal sealed record HoldUpdate : CopyRequest
{
    public required bool IsHeld { get; init; }
}
