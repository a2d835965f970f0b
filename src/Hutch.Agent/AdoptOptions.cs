namespace Hutch.Agent;

/// <summary>Adoption of existing folders as datasets, in place: see docs/operations/adopting.md.</summary>
public sealed class AdoptOptions : IValidatableObject
{
    public const int MaxRoots = 100;

    /// <summary>
    /// The folders below which operators may adopt folders with <c>hutch adopt folder</c>: absolute paths. Without one, nothing can be
    /// adopted, and folders that were adopted before are served, but not scanned.
    /// </summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Roots.Count > MaxRoots)
        {
            yield return new ValidationResult($"'roots' has {Roots.Count} entries; {MaxRoots} are allowed. Name a folder above them.");
        }

        foreach (string root in Roots.Where(root => !Path.IsPathRooted(root) || root.Trim('/').Length == 0 || root.Contains('\0')))
        {
            yield return new ValidationResult($"'roots' has {Display.Quote(root)}: name a folder by its absolute path, such as /data/old.");
        }
    }
}
