using Hutch.Agent.Rules;

namespace Hutch.Agent;

/// <summary>Watched parent folders, and the rule for the folders in them: each direct sub-folder may become a dataset.</summary>
public sealed class WatchedFolderOptions : IValidatableObject
{
    /// <summary>
    /// The parent folders: an absolute path, such as `/data/krios`, or `/data/*/sessions`: `*`, `?` and `[a-z]` match within one name. Each
    /// direct sub-folder with a metadata file becomes a dataset. Names that begin with a dot are skipped unless the pattern begins with
    /// one.
    /// </summary>
    [Required]
    public string Watch { get; init; } = "";

    /// <summary>Names of the metadata file; the first that a folder has counts.</summary>
    public IReadOnlyList<string> MetadataFiles { get; init; } = ["SPA.yml"];

    /// <summary>Name of the file that marks a running acquisition.</summary>
    [Required]
    public string RunningFile { get; init; } = ".running";

    /// <summary>The block that the agent writes into the metadata file.</summary>
    public BlockOptions Block { get; init; } = new();

    /// <summary>
    /// The key whose value is the identity of the dataset, such as `DataId` or `Session.Id`: a renamed or moved folder stays the same
    /// dataset.
    /// </summary>
    [Required]
    public string IdentityKey { get; init; } = "DataId";

    /// <summary>Keys with personal data, which only members see: `User.*` covers all keys under `User`, `User.Email` one key.</summary>
    public IReadOnlyList<string> Personal { get; init; } = ["User.*"];

    /// <summary>
    /// Visibility of the dataset: `private`, `public`, or public after an embargo: `embargo 2y`, `embargo 2030-01-31`, or `embargo KEY`
    /// with a key of the metadata that has a date or a time span.
    /// </summary>
    [Required]
    public string Visibility { get; init; } = "private";

    /// <summary>Exceptions for some types; of the matching ones, the narrowest counts.</summary>
    public IReadOnlyList<TypeRuleOptions> Types { get; init; } = [];

    /// <summary>
    /// A YAML file that maps the keys of the metadata file, see docs/reference/types.md. Default: the mapping for CEITEC's cryo-EM
    /// facility. It is read when the server starts.
    /// </summary>
    public string? Mapping { get; init; }

    /// <summary>The group that owns the datasets; the agent's account must be a manager of it. Default: that account.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// The key of the metadata that names the visit to which the dataset belongs; the agent's account must be one of its creators. A folder
    /// without it belongs to `owner`. Default: none.
    /// </summary>
    public string? VisitKey { get; init; }

    /// <summary>Life of the share link in the block of a dataset that is not public, such as `90d`; at most `36500d`.</summary>
    [Required]
    public string LinkLife { get; init; } = "30d";

    /// <summary>The invite that is made with each dataset.</summary>
    public InviteOptions Invite { get; init; } = new();

    /// <summary>The key of the metadata that requests, with `true`, a mail to the people when acquisition ends.</summary>
    [Required]
    public string NotifyKey { get; init; } = "NotifyCompletion";

    /// <summary>Close a dataset when acquisition has ended and all its files are hashed; it can never change then.</summary>
    public bool Close { get; init; }

    /// <summary>Time for which the files should stay at the facility after acquisition, such as `60d` or `2y`. Default: for ever.</summary>
    public string? Keep { get; init; }

    /// <summary>Times before that end at which people are reminded.</summary>
    public IReadOnlyList<string> Remind { get; init; } = ["30d", "7d", "1d"];

    /// <summary>The longest time after acquisition for which an owner may keep the files, such as `2y`. Default: no limit.</summary>
    public string? MaxKeep { get; init; }

    /// <summary>
    /// Remove the files here when their time is over, and at least `copies` other sites hold the closed dataset and have proved that they
    /// have all of it. In all other cases, and as long as there are no other sites, people are only notified.
    /// </summary>
    public bool Evict { get; init; }

    /// <summary>The number of other sites that must hold a verified copy of every file before `evict` applies.</summary>
    [Range(1, 10)]
    public int Copies { get; init; } = 2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        FolderRule.Check(this).Select(problem => new ValidationResult(problem));
}
