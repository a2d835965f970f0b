using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>A page of the folders that the facility agent watches, and their parents: <c>GET /agent/folders</c>.</summary>
public sealed record FacilityFolders
{
    /// <summary>Folders, by path.</summary>
    public required IReadOnlyList<FacilityFolderInfo> Items { get; init; }

    /// <summary>Where the next page begins; absent at the end.</summary>
    public string? Next { get; init; }

    /// <summary>The watched parents, by path.</summary>
    public required IReadOnlyList<FacilityParentInfo> Parents { get; init; }
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
}

/// <summary>Keeps the files of a dataset at the facility: the body of <c>PUT /datasets/{id}/retention</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeepFiles
{
    /// <summary>Until when; absent for ever.</summary>
    public DateTimeOffset? Until { get; init; }
}
