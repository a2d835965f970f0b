using System.ComponentModel.DataAnnotations;

namespace Hutch.Datasets.Backups;

public sealed class BackupOptions : IValidatableObject
{
    /// <summary>
    /// The folder of the backups: an absolute path, best on another disk. Without it the server makes none automatically.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Hours between two backups.</summary>
    [Range(1, 24 * 365)]
    public int EveryHours { get; init; } = 24;

    /// <summary>The number of backups kept; the oldest are removed.</summary>
    [Range(1, 10_000)]
    public int Keep { get; init; } = 14;

    /// <summary>Include keys and the configuration.</summary>
    public bool WithKeys { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folder is not null && !Path.IsPathFullyQualified(Folder))
        {
            yield return new ValidationResult($"'folder' is '{Folder}': it must be an absolute path.");
        }
    }
}
