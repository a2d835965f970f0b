namespace Hutch.Contracts;

/// <summary>A dataset as the caller sees it.</summary>
public sealed record DatasetInfo
{
    /// <summary>Permanent id.</summary>
    public required DatasetId Id { get; init; }

    /// <summary>Owning user or group.</summary>
    public required string Owner { get; init; }

    /// <summary>Short name, unique among the datasets of its owner.</summary>
    public required string Slug { get; init; }

    /// <summary><c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// True if the site gave the name itself because the zone was unreachable: no other site knows the dataset, and the zone may add a
    /// number to the name. Absent otherwise.
    /// </summary>
    public bool? Provisional { get; init; }

    /// <summary>
    /// Another <c>owner/slug</c> by which this site finds it, because the zone assigned a different name; absent for none.
    /// </summary>
    public string? Alias { get; init; }

    /// <summary>One line of text.</summary>
    public string? Title { get; init; }

    /// <summary>Type, such as <c>generic</c> or <c>mx/rotation</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>open</c>, <c>closed</c>, <c>trash</c> or <c>gone</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>private</c> or <c>public</c>.</summary>
    public required string Visibility { get; init; }

    /// <summary>Time when the dataset becomes, or became, public. Until then it is treated as private; absent: at once.</summary>
    public DateTimeOffset? PublicAfter { get; init; }

    /// <summary><c>original</c>, <c>derived</c> or <c>following</c>.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Closed { get; init; }

    /// <summary>
    /// End of a temporary dataset; absent for a permanent one. Its data may be deleted earlier to free space for newer data.
    /// </summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Time when it is permanently deleted from the trash.</summary>
    public DateTimeOffset? TrashedUntil { get; init; }

    /// <summary>Increases with every change of the head.</summary>
    public required long HeadVersion { get; init; }

    /// <summary>Number of the newest snapshot; 0 if there is none.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Entries in the head. May lag while very many changes wait for compaction.</summary>
    public required long Files { get; init; }

    /// <summary>Total size of the files in the head, at the same time as <c>files</c>.</summary>
    public required long Bytes { get; init; }

    /// <summary>True if its files stay in the facility's folder where they were measured, instead of being stored here.</summary>
    public bool InFolder { get; init; }

    /// <summary>
    /// Progress of an eviction at the home: <c>wanted</c>, <c>held</c>, <c>evicted</c>, <c>recalling</c> or <c>freeing</c>. Absent if all
    /// bytes are at the home, and at other sites.
    /// </summary>
    public string? Eviction { get; init; }

    /// <summary>Run that computes its evicted bytes again; absent if its bytes are here, or at other sites.</summary>
    public string? ReproducibleBy { get; init; }

    /// <summary>The datasets from which it was made.</summary>
    public IReadOnlyList<ParentInfo> Parents { get; init; } = [];

    /// <summary>The highest right of the caller: <c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c> or <c>manage</c>.</summary>
    public string? YourRight { get; init; }

    /// <summary>
    /// Seconds since the home of an open dataset reported this state; absent at the home, and in lists. The header <c>Age</c> has the same
    /// value.
    /// </summary>
    public long? Age { get; init; }

    /// <summary>
    /// The page of its publication, which also gives its citation (<c>?format=bibtex</c>). Absent unless it is published; in lists; in
    /// responses to changes; and at any server other than the zone's.
    /// </summary>
    public string? Publication { get; init; }

    /// <summary>
    /// In the response to a change of the owner: the offer, if the new owner must accept it first. Absent if ownership has changed.
    /// </summary>
    public OfferInfo? Offer { get; init; }

    /// <summary>In the answer of a search: a place of its words. Absent if the name, title or type has them.</summary>
    public SearchMatchInfo? Match { get; init; }
}

/// <summary>A place where a search found its words.</summary>
public sealed record SearchMatchInfo
{
    /// <summary><c>metadata</c> or <c>files</c>.</summary>
    public required string In { get; init; }

    /// <summary>The line of the metadata, or the word of a file name.</summary>
    public required string Text { get; init; }
}

/// <summary>A parent of a derived or following dataset.</summary>
public sealed record ParentInfo
{
    /// <summary>Id of the parent.</summary>
    public required DatasetId Id { get; init; }

    /// <summary>Name of the parent; absent if the caller may not see it.</summary>
    public string? Name { get; init; }

    /// <summary>The pinned snapshot; absent while the parent of a following dataset is open.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Tree hash of that snapshot.</summary>
    public BlobHash? Root { get; init; }
}

/// <summary>Creates a dataset. With parents it is derived: each parent must be closed unless <see cref="Following"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateDataset
{
    /// <summary>
    /// The id that it has elsewhere, such as that of a DataLad dataset; it must not be in use. Default: a new one. A repeated request with
    /// the same id and name returns the same dataset.
    /// </summary>
    public DatasetId? Id { get; init; }

    /// <summary><c>slug</c> or <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Type. Default: <c>generic</c>.</summary>
    public string? Type { get; init; }

    /// <summary>One line of text.</summary>
    public string? Title { get; init; }

    /// <summary>The datasets from which it is made.</summary>
    public IReadOnlyList<ParentReference>? Parents { get; init; }

    /// <summary>Start with the entries of the parents, by reference, instead of empty.</summary>
    public bool Copy { get; init; }

    /// <summary>Follow a parent that is still open.</summary>
    public bool Following { get; init; }

    /// <summary>Days until its bytes are deleted, fixed at creation; absent: never.</summary>
    public int? TransientDays { get; init; }
}

/// <summary>A reference to a parent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ParentReference
{
    /// <summary>Name or id.</summary>
    public required string Dataset { get; init; }

    /// <summary>Snapshot: number, tag or hash prefix. Default: the newest.</summary>
    public string? At { get; init; }
}

/// <summary>Changes the record of a dataset; absent fields stay as they are.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchDataset
{
    public string? Slug { get; init; }

    public string? Title { get; init; }

    public string? Type { get; init; }

    /// <summary><c>private</c> or <c>public</c>.</summary>
    public string? Visibility { get; init; }

    /// <summary>Start of the visibility <c>public</c>. Default: at once.</summary>
    public DateTimeOffset? PublicAfter { get; init; }
}

/// <summary>Closes a dataset permanently.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CloseDataset
{
    /// <summary>Message of the final snapshot.</summary>
    public string? Message { get; init; }
}

/// <summary>Deletes the bytes of a trashed dataset now.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PurgeDataset
{
    /// <summary>The reason. Kept in the audit log and the manifest.</summary>
    public required string Reason { get; init; }

    /// <summary>True to refuse a dataset that is not in the trash. Only administrators may purge others.</summary>
    public bool Trash { get; init; }
}

/// <summary>Gives a dataset to another owner, or offers it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeOwner
{
    /// <summary>User or group.</summary>
    public required string Owner { get; init; }
}

/// <summary>Result of making a temporary dataset permanent.</summary>
public sealed record KeepInfo
{
    /// <summary>Number of copied files of different content; 0 if the dataset was permanent already.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes of those files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files whose bytes had expired before, or are damaged.</summary>
    public required long Missing { get; init; }
}
