using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>A dataset as the caller may see it.</summary>
public sealed record DatasetInfo
{
    /// <summary>Its identity for ever.</summary>
    public required DatasetId Id { get; init; }

    /// <summary>User or group that owns it.</summary>
    public required string Owner { get; init; }

    /// <summary>Its short name, unique for its owner.</summary>
    public required string Slug { get; init; }

    /// <summary><c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A line for people.</summary>
    public string? Title { get; init; }

    /// <summary>Its type, such as <c>generic</c> or <c>mx/rotation</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>open</c>, <c>closed</c>, <c>trash</c> or <c>gone</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>private</c> or <c>public</c>.</summary>
    public required string Visibility { get; init; }

    /// <summary>When it becomes, or became, public; absent for at once. Until then it is as private.</summary>
    public DateTimeOffset? PublicAfter { get; init; }

    /// <summary><c>original</c>, <c>derived</c> or <c>following</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was closed.</summary>
    public DateTimeOffset? Closed { get; init; }

    /// <summary>When the trash is emptied of it.</summary>
    public DateTimeOffset? TrashedUntil { get; init; }

    /// <summary>Grows with every change of the head.</summary>
    public required long HeadVersion { get; init; }

    /// <summary>Number of its newest snapshot; 0 when it has none.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Entries in its head; while very many changes wait to be folded, as of its last fold.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes of the files in its head, as of the same moment.</summary>
    public required long Bytes { get; init; }

    /// <summary>What it was made from.</summary>
    public IReadOnlyList<ParentInfo> Parents { get; init; } = [];

    /// <summary>The most the caller may do: <c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c>, <c>manage</c>.</summary>
    public string? YourRight { get; init; }
}

/// <summary>One parent of a derived or following dataset.</summary>
public sealed record ParentInfo
{
    /// <summary>The parent.</summary>
    public required DatasetId Id { get; init; }

    /// <summary>Its name; absent when the caller may not see it.</summary>
    public string? Name { get; init; }

    /// <summary>The pinned snapshot; absent while a following dataset's parent is open.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Tree hash of that snapshot.</summary>
    public BlobHash? Root { get; init; }
}

/// <summary>Asks for a dataset. With parents it is derived: each parent must be closed unless <see cref="Following"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateDataset
{
    /// <summary><c>slug</c> or <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Type; <c>generic</c> when absent.</summary>
    public string? Type { get; init; }

    /// <summary>A line for people.</summary>
    public string? Title { get; init; }

    /// <summary>What it is made from.</summary>
    public IReadOnlyList<ParentReference>? Parents { get; init; }

    /// <summary>Start with the parents' entries, by reference, instead of empty.</summary>
    public bool Copy { get; init; }

    /// <summary>Follow a parent that is still open.</summary>
    public bool Following { get; init; }

    /// <summary>Days after which its bytes end, announced from the start; absent for never.</summary>
    public int? TransientDays { get; init; }
}

/// <summary>Names one parent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ParentReference
{
    /// <summary>Name or id.</summary>
    public required string Dataset { get; init; }

    /// <summary>Snapshot: number, tag or hash prefix; the newest when absent.</summary>
    public string? At { get; init; }
}

/// <summary>Changes a dataset's record; what is absent stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchDataset
{
    /// <summary>New short name.</summary>
    public string? Slug { get; init; }

    /// <summary>New title.</summary>
    public string? Title { get; init; }

    /// <summary>New type.</summary>
    public string? Type { get; init; }

    /// <summary><c>private</c> or <c>public</c>.</summary>
    public string? Visibility { get; init; }

    /// <summary>With the visibility <c>public</c>: when it begins; absent for at once.</summary>
    public DateTimeOffset? PublicAfter { get; init; }
}

/// <summary>Asks to close a dataset for ever.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CloseDataset
{
    /// <summary>Message of the last snapshot.</summary>
    public string? Message { get; init; }
}

/// <summary>Asks to end the bytes of a trashed dataset now.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PurgeDataset
{
    /// <summary>Why; kept in the audit and the manifest.</summary>
    public required string Reason { get; init; }
}

/// <summary>Gives a dataset to another owner.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeOwner
{
    /// <summary>User or group.</summary>
    public required string Owner { get; init; }
}
