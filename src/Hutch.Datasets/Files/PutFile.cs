using System.IO.Pipelines;
using Hutch.Model;
using Hutch.Site.Entries;

namespace Hutch.Datasets.Files;

public sealed record PutFile
{
    public required DatasetPath Path { get; init; }

    public required PipeReader Body { get; init; }

    /// <summary>How many bytes were announced; null when that was not said.</summary>
    public long? Length { get; init; }

    /// <summary>The SHA-256 that was announced; checked before anything becomes visible.</summary>
    public BlobHash? Digest { get; init; }

    /// <summary>Media type, times, metadata; hash and size are filled in. Without a time, now is taken.</summary>
    public required Entry Attributes { get; init; }

    /// <summary>
    /// Asked when all bytes have come in and before anything becomes visible: gives the attributes as far as they are known only then,
    /// or refuses, so that nothing is stored. Null: <see cref="Attributes"/> is all.
    /// </summary>
    public Func<BlobHash, Result<Entry>>? Complete { get; init; }

    /// <summary>What must hold of the path.</summary>
    public EntryCondition Condition { get; init; } = EntryCondition.None;
}
