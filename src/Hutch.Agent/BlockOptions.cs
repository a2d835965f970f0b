namespace Hutch.Agent;

/// <summary>The block that the agent writes into the metadata file: its name, and the names of its keys.</summary>
public sealed class BlockOptions
{
    /// <summary>The key of the block. Scripts for fs2od's files expect `Onedata`.</summary>
    [Required]
    public string Name { get; init; } = "Hutch";

    /// <summary>
    /// The file of the block in the folder, such as `.fs2od`. The agent makes it where it is missing, and then never writes the metadata
    /// file. Default: the metadata file.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The key with the id of the dataset.</summary>
    [Required]
    public string Space { get; init; } = "Space";

    /// <summary>The key with the page of the dataset; a share link while the dataset is not public.</summary>
    [Required]
    public string PublicUrl { get; init; } = "PublicURL";

    /// <summary>The key with the name of the file that holds the invite.</summary>
    [Required]
    public string InviteFile { get; init; } = "InviteFile";

    /// <summary>The key with the invite itself, where `inviteInBlock` is set.</summary>
    [Required]
    public string InviteToken { get; init; } = "InviteToken";

    /// <summary>The key with the error that the agent met, as text.</summary>
    [Required]
    public string Error { get; init; } = "Error";

    /// <summary>
    /// The key in which operators ask for the removal of the files with `[primary]`. The agent reads it and never changes it.
    /// </summary>
    [Required]
    public string DeniedProviders { get; init; } = "DeniedProviders";

    /// <summary>
    /// The key in which operators set when the files are removed: `never`, `now`, a date, a time, or a time span from the end of the
    /// acquisition. The agent changes it to `removed` after removing the files, and otherwise only reads it.
    /// </summary>
    [Required]
    public string RemovingTime { get; init; } = "RemovingTime";

    /// <summary>
    /// Write the invite into the block, where every reader of the file can read it, instead of `.hutch-invite`, which only its owner can
    /// read. For installations whose scripts expect it there.
    /// </summary>
    public bool InviteInBlock { get; init; }

    /// <summary>The names of the keys that the agent writes.</summary>
    internal IEnumerable<string> Keys() => [Space, PublicUrl, InviteFile, InviteToken, Error];

    /// <summary>The names of the keys that operators write, and the agent reads.</summary>
    internal IEnumerable<string> OperatorKeys() => [DeniedProviders, RemovingTime];
}
