namespace Hutch.Contracts;

/// <summary>Asks which files of a version the site stores.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskReceipts
{
    /// <summary>A random number, 64 hexadecimal digits: the signature covers it, so that no old response passes for a new one.</summary>
    public required BlobHash Nonce { get; init; }

    /// <summary>Paths in the dataset, at most 1000.</summary>
    public required IReadOnlyList<string> Paths { get; init; }
}

/// <summary>Files of a version that the site stores, with its signature: see docs/formats/receipts.md.</summary>
public sealed record ReceiptList
{
    /// <summary>Fingerprint of the site's key, <c>SHA256:</c> and 64 hexadecimal digits.</summary>
    public required string Site { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>Number of the snapshot that has the files; 0 for an empty dataset without one.</summary>
    public required long Snapshot { get; init; }

    /// <summary>Time of the receipts in milliseconds since 1970.</summary>
    public required long Time { get; init; }

    /// <summary>Nonce of the request.</summary>
    public required BlobHash Nonce { get; init; }

    /// <summary>The files, in byte order of their paths. A path without a file is absent.</summary>
    public required IReadOnlyList<FileReceipt> Files { get; init; }

    /// <summary>Public key and signature, base64, with a dot between.</summary>
    public required string Proof { get; init; }
}

/// <summary>A file in a receipt.</summary>
public sealed record FileReceipt
{
    /// <summary>Path in the dataset.</summary>
    public required string Path { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of its bytes.</summary>
    public required BlobHash Hash { get; init; }

    /// <summary>
    /// <c>stored</c>: durable at this site; <c>temporary</c>: durable until it expires; <c>elsewhere</c>: the bytes are not at this site,
    /// or damaged.
    /// </summary>
    public required string State { get; init; }
}
