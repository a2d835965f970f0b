using System.ComponentModel.DataAnnotations;

namespace Hutch.Datasets.Backups;

/// <summary>Backups that the server makes by itself.</summary>
public sealed class BackupOptions : IValidatableObject
{
    /// <summary>Where they go: an absolute path, best on another disk. Without it the server makes none by itself.</summary>
    public string? Folder { get; init; }

    /// <summary>How often one is made, hours.</summary>
    [Range(1, 24 * 365)]
    public int EveryHours { get; init; } = 24;

    /// <summary>How many are kept; the oldest go.</summary>
    [Range(1, 10_000)]
    public int Keep { get; init; } = 14;

    /// <summary>Whether keys and the configuration go with them.</summary>
    public bool WithKeys { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folder is not null && !Path.IsPathFullyQualified(Folder))
        {
            yield return new ValidationResult($"'folder' is '{Folder}': it must be an absolute path.");
        }
    }
}
