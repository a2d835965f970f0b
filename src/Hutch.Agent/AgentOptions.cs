namespace Hutch.Agent;

/// <summary>The facility agent: which folders it watches, and its limits.</summary>
public sealed class AgentOptions : IValidatableObject
{
    /// <summary>The most entries of <see cref="Folders"/>.</summary>
    public const int MaxFolders = 100;

    /// <summary>The watched folders, and the treatment of the folders in them.</summary>
    public IReadOnlyList<WatchedFolderOptions> Folders { get; init; } = [];

    /// <summary>The account for which the agent acts. It must be able to create datasets for the owners that the folders name.</summary>
    [Required]
    public string Account { get; init; } = "admin";

    /// <summary>
    /// The folder for the agent's blocks of read-only folders: one file a folder. Without it such a folder is reported and not published.
    /// </summary>
    public string? SideFolder { get; init; }

    /// <summary>The largest metadata file, bytes. A larger one is reported and not read.</summary>
    [Range(1024, 64 << 20)]
    public int MaxMetadataBytes { get; init; } = 1 << 20;

    /// <summary>Scan intervals of the agent.</summary>
    public WatchingOptions Watching { get; init; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folders.Count > MaxFolders)
        {
            yield return new ValidationResult(
                $"'folders' has {Folders.Count} entries; {MaxFolders} are allowed. Use patterns, such as /data/*.");
        }

        if (SideFolder is not null && !Path.IsPathRooted(SideFolder))
        {
            yield return new ValidationResult($"'sideFolder' is '{SideFolder}': it must be an absolute path.");
        }

        foreach (IGrouping<string, WatchedFolderOptions> same in Folders.GroupBy(folder => folder.Watch, StringComparer.Ordinal))
        {
            if (same.Key.Length > 0 && same.Count() > 1)
            {
                yield return new ValidationResult($"'folders' has '{same.Key}' twice; each folder can follow one rule only.");
            }
        }
    }
}
