using System.ComponentModel.DataAnnotations;

namespace Hutch.Types.Catalog;

public sealed class TypeOptions : IValidatableObject
{
    /// <summary>
    /// A folder with types of the site: an absolute path. Each file `*.yaml` in it is a type (docs/reference/types.md); changes are seen
    /// within seconds.
    /// </summary>
    public string? Folder { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folder is not null && !Path.IsPathFullyQualified(Folder))
        {
            yield return new ValidationResult($"'folder' is '{Folder}': it must be an absolute path.");
        }
    }
}
