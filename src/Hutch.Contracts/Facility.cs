namespace Hutch.Contracts;

/// <summary>A page of the folders that the facility agent watches, with their parents: <c>GET /agent/folders</c>.</summary>
public sealed record FacilityFolders
{
    /// <summary>Folders in the requested order.</summary>
    public required IReadOnlyList<FacilityFolderInfo> Items { get; init; }

    /// <summary>Cursor of the next page; absent at the end.</summary>
    public string? Next { get; init; }

    /// <summary>Number of folders by state that match the query's other conditions.</summary>
    public required FacilityCounts Counts { get; init; }

    /// <summary>The watched parents, by path.</summary>
    public required IReadOnlyList<FacilityParentInfo> Parents { get; init; }
}

/// <summary>Watched folders by their state.</summary>
public sealed record FacilityCounts
{
    /// <summary>All of them.</summary>
    public required int All { get; init; }

    /// <summary>Without a metadata file.</summary>
    public required int Waiting { get; init; }

    /// <summary>Published; acquisition continues.</summary>
    public required int Acquiring { get; init; }

    /// <summary>Published; acquisition has ended.</summary>
    public required int Published { get; init; }

    /// <summary>With a problem, in any state.</summary>
    public required int Attention { get; init; }

    /// <summary>Published, but missing.</summary>
    public required int Missing { get; init; }
}

/// <summary>A watched or adopted folder, as of its last scan.</summary>
public sealed record FacilityFolderInfo
{
    /// <summary>Absolute path on the machine of the server.</summary>
    public required string Folder { get; init; }

    /// <summary><c>waiting</c>, <c>acquiring</c>, <c>published</c>, <c>attention</c> or <c>missing</c>.</summary>
    public required string State { get; init; }

    /// <summary>The id of its dataset; absent before it exists.</summary>
    public string? Dataset { get; init; }

    /// <summary>The name of its dataset, <c>owner/slug</c>.</summary>
    public string? Name { get; init; }

    /// <summary>An identity that survives a move of the folder.</summary>
    public string? Identity { get; init; }

    /// <summary>Files in it.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes of these files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Growth over the last minute, in bytes per second.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Files that wait to be hashed.</summary>
    public required long PendingHashes { get; init; }

    /// <summary>For an adopted folder: bytes of the files that wait to be hashed.</summary>
    public long? PendingBytes { get; init; }

    /// <summary>For an adopted folder: the rate at which its files are hashed, in bytes per second, over the last minute.</summary>
    public double? HashedPerSecond { get; init; }

    /// <summary>The path whose adoption it belongs to; absent for a folder that a rule of the configuration watches.</summary>
    public string? Adoption { get; init; }

    /// <summary>Time of the last change of a file in it.</summary>
    public DateTimeOffset? Changed { get; init; }

    /// <summary>End of its files' time at the facility; absent for no end, or while acquisition continues.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>A problem that needs attention; absent for none.</summary>
    public string? Problem { get; init; }

    /// <summary>Further notices for operators.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>A watched parent folder.</summary>
public sealed record FacilityParentInfo
{
    /// <summary>Absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>The kind of its file system, such as <c>ext4</c> or <c>nfs</c>; absent while it is missing.</summary>
    public string? FileSystem { get; init; }

    /// <summary><c>notified</c>: the kernel reports changes; <c>polled</c>: the agent scans every second.</summary>
    public required string Watch { get; init; }

    /// <summary>Notices for operators.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>A folder: the body of <c>POST /agent/poke</c> and <c>POST /agent/letter</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NamedFolder
{
    /// <summary>Absolute path on the machine of the server.</summary>
    public required string Folder { get; init; }
}

/// <summary>Makes existing folders of the server datasets, in place: the body of <c>POST /agent/adoptions</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AdoptFolder
{
    /// <summary>Absolute path on the machine of the server, below one of <c>adopt.roots</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>The user or group that will own new datasets; absent for the caller.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// A pattern of the folders in it that become datasets, such as <c>*</c> or <c>*/raw</c>; absent for one dataset of all files.
    /// </summary>
    public string? Each { get; init; }

    /// <summary>True for a RIA store: its datasets become datasets with their ids, commits and keys.</summary>
    public bool Store { get; init; }

    /// <summary>True to get the plan alone; nothing is changed.</summary>
    public bool DryRun { get; init; }
}

/// <summary>The plan of an adoption, and whether it was carried out: <c>POST /agent/adoptions</c>.</summary>
public sealed record AdoptionInfo
{
    /// <summary>Absolute path of the folder, links resolved.</summary>
    public required string Folder { get; init; }

    /// <summary>True if the datasets exist, and the folders are scanned now.</summary>
    public required bool Adopted { get; init; }

    /// <summary>The folders that are or become datasets, by path.</summary>
    public required IReadOnlyList<AdoptedFolderInfo> Datasets { get; init; }

    /// <summary>Files in them.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes of these files; those of a file with several names once.</summary>
    public required long Bytes { get; init; }

    /// <summary>Names beyond the first of files that have several (hard links).</summary>
    public required long HardLinks { get; init; }

    /// <summary>Sparse or compressed files, which occupy less than their size.</summary>
    public required long SparseFiles { get; init; }

    /// <summary>Symbolic links, which are entries and are not followed.</summary>
    public required long Links { get; init; }

    /// <summary>Those of them that lead out of their dataset.</summary>
    public required long LinksLeadingOut { get; init; }

    /// <summary>The least time to hash all files at the configured rate, in seconds.</summary>
    public required long HashSeconds { get; init; }

    /// <summary>Omissions, by their reason.</summary>
    public required IReadOnlyList<AdoptionOmissionInfo> LeftOut { get; init; }

    /// <summary>Further notices for operators.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>The reasons to refuse the adoption; empty if it is possible.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }
}

/// <summary>A folder that is or becomes a dataset.</summary>
public sealed record AdoptedFolderInfo
{
    /// <summary>Absolute path on the machine of the server.</summary>
    public required string Folder { get; init; }

    /// <summary>The name of its dataset, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The id of its dataset; absent for one that is not made yet.</summary>
    public string? Dataset { get; init; }

    /// <summary>Files in it.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes of these files.</summary>
    public required long Bytes { get; init; }
}

/// <summary>The omissions of an adoption for one reason.</summary>
public sealed record AdoptionOmissionInfo
{
    /// <summary>The reason in a few words.</summary>
    public required string Reason { get; init; }

    /// <summary>The number of names.</summary>
    public required long Count { get; init; }

    /// <summary>The first paths, if they are known.</summary>
    public required IReadOnlyList<string> Examples { get; init; }
}

/// <summary>Number of folders to scan again: <c>POST /agent/scan</c>.</summary>
public sealed record FacilityScan
{
    public required int Folders { get; init; }
}

/// <summary>A letter to the people who measured, which contains an invite: <c>POST /agent/letter</c>.</summary>
public sealed record FacilityLetter
{
    public required string Text { get; init; }
}

/// <summary>Retention of a dataset's files at the facility: <c>GET /datasets/{id}/retention</c>.</summary>
public sealed record RetentionInfo
{
    /// <summary>End of retention; absent for no end, or while acquisition continues.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Latest end that their owner can choose; absent for no limit.</summary>
    public DateTimeOffset? Limit { get; init; }

    /// <summary>True if that time is over.</summary>
    public required bool Over { get; init; }

    /// <summary>True while acquisition continues: the time begins at its end.</summary>
    public required bool Acquiring { get; init; }

    /// <summary>True if the time ends, or will end, unless the owner extends it: only then can the owner keep the files longer.</summary>
    public required bool Limited { get; init; }
}

/// <summary>Sets the retention of a dataset's files at the facility: the body of <c>PUT /datasets/{id}/retention</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeepFiles
{
    /// <summary>End of retention; absent for no end.</summary>
    public DateTimeOffset? Until { get; init; }
}
