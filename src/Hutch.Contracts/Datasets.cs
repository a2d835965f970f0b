using System.Text.Json.Serialization;
using Hutch.Model;

namespace Hutch.Contracts;

/// <summary>A dataset as the caller may see it.</summary>
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
    /// True where the site has given the name itself, as the zone could not be reached: no other site knows the dataset, and the zone may
    /// add a number to the name. Absent for every other.
    /// </summary>
    public bool? Provisional { get; init; }

    /// <summary>Another <c>owner/slug</c> by which this site finds it, as the zone has given another; absent for none.</summary>
    public string? Alias { get; init; }

    /// <summary>One line of text.</summary>
    public string? Title { get; init; }

    /// <summary>Type, such as <c>generic</c> or <c>mx/rotation</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>open</c>, <c>closed</c>, <c>trash</c> or <c>gone</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>private</c> or <c>public</c>.</summary>
    public required string Visibility { get; init; }

    /// <summary>When the dataset becomes, or became, public. Until then it is treated as private; absent: at once.</summary>
    public DateTimeOffset? PublicAfter { get; init; }

    /// <summary><c>original</c>, <c>derived</c> or <c>following</c>.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Closed { get; init; }

    /// <summary>When a temporary dataset ends; absent for one that lasts. Its data may make room for newer ones before.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it is removed from the trash for good.</summary>
    public DateTimeOffset? TrashedUntil { get; init; }

    /// <summary>Increases with every change of the head.</summary>
    public required long HeadVersion { get; init; }

    /// <summary>Number of the newest snapshot; 0 if there is none.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Entries in the head. May lag while very many changes wait to be folded.</summary>
    public required long Files { get; init; }

    /// <summary>Total size of the files in the head, as of the same moment as <c>files</c>.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether its files stay in a folder of the facility, where they were measured, instead of being stored here.</summary>
    public bool InFolder { get; init; }

    /// <summary>
    /// How far the home is in giving up bytes that other sites hold: <c>wanted</c>, <c>evicted</c>, <c>recalling</c> or <c>freeing</c>.
    /// Absent where they are at the home, and at other sites.
    /// </summary>
    public string? Eviction { get; init; }

    /// <summary>The datasets it was made from.</summary>
    public IReadOnlyList<ParentInfo> Parents { get; init; } = [];

    /// <summary>The highest right of the caller: <c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c> or <c>manage</c>.</summary>
    public string? YourRight { get; init; }

    /// <summary>
    /// How many seconds ago the home of an open dataset said that it is like this; absent at the home, and in lists. It is the header
    /// <c>Age</c>, too.
    /// </summary>
    public long? Age { get; init; }

    /// <summary>
    /// The page of its publication, which gives its citation too (<c>?format=bibtex</c>); absent unless it is published, in lists, in
    /// answers to changes, and anywhere but at the server of the zone.
    /// </summary>
    public string? Publication { get; init; }

    /// <summary>
    /// In the answer to a change of the owner: the offer that was made, when the new owner must accept it first. Absent: it is theirs.
    /// </summary>
    public OfferInfo? Offer { get; init; }
}

/// <summary>One parent of a derived or following dataset.</summary>
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
    /// The id that it has had elsewhere, such as that of a DataLad dataset; it must not be in use. Default: a new one. Asking again with
    /// the same id and name gives the same dataset.
    /// </summary>
    public DatasetId? Id { get; init; }

    /// <summary><c>slug</c> or <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Type. Default: <c>generic</c>.</summary>
    public string? Type { get; init; }

    /// <summary>One line of text.</summary>
    public string? Title { get; init; }

    /// <summary>The datasets it is made from.</summary>
    public IReadOnlyList<ParentReference>? Parents { get; init; }

    /// <summary>Start with the entries of the parents, by reference, instead of empty.</summary>
    public bool Copy { get; init; }

    /// <summary>Follow a parent that is still open.</summary>
    public bool Following { get; init; }

    /// <summary>Days until its bytes are deleted, fixed at creation; absent: never.</summary>
    public int? TransientDays { get; init; }
}

/// <summary>Names a parent.</summary>
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

    /// <summary>When the visibility <c>public</c> begins. Default: at once.</summary>
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
    /// <summary>Why. Kept in the audit and the manifest.</summary>
    public required string Reason { get; init; }
}

/// <summary>Gives a dataset to another owner, or offers it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeOwner
{
    /// <summary>User or group.</summary>
    public required string Owner { get; init; }
}

/// <summary>What was copied so that a temporary dataset lasts.</summary>
public sealed record KeepInfo
{
    /// <summary>Files of different content that were copied; 0 if the dataset lasted already.</summary>
    public required long Files { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files whose bytes had ended before, or are damaged.</summary>
    public required long Missing { get; init; }
}
