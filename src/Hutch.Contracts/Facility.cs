using System.Text.Json.Serialization;

namespace Hutch.Contracts;

/// <summary>A page of the folders that the facility agent watches, and their parents: <c>GET /agent/folders</c>.</summary>
public sealed record FacilityFolders
{
    /// <summary>Folders, in the order that was asked for.</summary>
    public required IReadOnlyList<FacilityFolderInfo> Items { get; init; }

    /// <summary>Where the next page begins; absent at the end.</summary>
    public string? Next { get; init; }

    /// <summary>How many folders there are, in any state, that are as the query asks otherwise.</summary>
    public required FacilityCounts Counts { get; init; }

    /// <summary>The watched parents, by path.</summary>
    public required IReadOnlyList<FacilityParentInfo> Parents { get; init; }
}

/// <summary>Watched folders by their state.</summary>
public sealed record FacilityCounts
{
    /// <summary>All of them.</summary>
    public required int All { get; init; }

    /// <summary>Without a metadata file yet.</summary>
    public required int Waiting { get; init; }

    /// <summary>Published, acquisition goes on.</summary>
    public required int Acquiring { get; init; }

    /// <summary>Published, acquisition has ended.</summary>
    public required int Published { get; init; }

    /// <summary>With a problem, whatever their state.</summary>
    public required int Attention { get; init; }

    /// <summary>Published, but not there.</summary>
    public required int Missing { get; init; }
}

/// <summary>A watched folder, as it was when it was last looked at.</summary>
public sealed record FacilityFolderInfo
{
    /// <summary>Absolute path on the machine of the server.</summary>
    public required string Folder { get; init; }

    /// <summary><c>waiting</c>, <c>acquiring</c>, <c>published</c>, <c>attention</c> or <c>missing</c>.</summary>
    public required string State { get; init; }

    /// <summary>The id of its dataset; absent before there is one.</summary>
    public string? Dataset { get; init; }

    /// <summary>The name of its dataset, <c>owner/slug</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What stays the same when the folder is moved.</summary>
    public string? Identity { get; init; }

    /// <summary>Files in it.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes of them.</summary>
    public required long Bytes { get; init; }

    /// <summary>By how much it grows, bytes a second, over the last minute.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Files that wait to be hashed.</summary>
    public required long PendingHashes { get; init; }

    /// <summary>When a file in it last changed.</summary>
    public DateTimeOffset? Changed { get; init; }

    /// <summary>Until when its files stay at the facility; absent for ever, or while acquisition goes on.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>What somebody has to see to; absent for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>What an operator may want to know besides.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>A watched parent folder.</summary>
public sealed record FacilityParentInfo
{
    /// <summary>Absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>The kind of its file system, such as <c>ext4</c> or <c>nfs</c>; absent while it is not there.</summary>
    public string? FileSystem { get; init; }

    /// <summary><c>notified</c>: the kernel tells of changes; <c>polled</c>: the agent looks each second.</summary>
    public required string Watch { get; init; }

    /// <summary>What an operator should know.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>Names a folder: the body of <c>POST /agent/poke</c> and <c>POST /agent/letter</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NamedFolder
{
    /// <summary>Absolute path on the machine of the server.</summary>
    public required string Folder { get; init; }
}

/// <summary>How many folders are looked at again: <c>POST /agent/scan</c>.</summary>
public sealed record FacilityScan
{
    /// <summary>Folders.</summary>
    public required int Folders { get; init; }
}

/// <summary>A letter to the people who measured: <c>POST /agent/letter</c>. It has an invite in it.</summary>
public sealed record FacilityLetter
{
    /// <summary>Its text.</summary>
    public required string Text { get; init; }
}

/// <summary>How long the files of a dataset stay at the facility: <c>GET /datasets/{id}/retention</c>.</summary>
public sealed record RetentionInfo
{
    /// <summary>Until when; absent for ever, or while acquisition goes on.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Until when their owner may keep them at most; absent for no limit.</summary>
    public DateTimeOffset? Limit { get; init; }

    /// <summary>Whether that time is over.</summary>
    public required bool Over { get; init; }

    /// <summary>Whether acquisition goes on: the time begins when it ends.</summary>
    public required bool Acquiring { get; init; }

    /// <summary>Whether the time ends, or will, if the owner does nothing: only then can they keep the files longer.</summary>
    public required bool Limited { get; init; }
}

/// <summary>Keeps the files of a dataset at the facility: the body of <c>PUT /datasets/{id}/retention</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeepFiles
{
    /// <summary>Until when; absent for ever.</summary>
    public DateTimeOffset? Until { get; init; }
}
