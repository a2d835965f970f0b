namespace Hutch.Zone.Partners;

/// <summary>What a group or a path of an issuer's tokens reads here.</summary>
public sealed class PartnerRule : IValidatableObject
{
    /// <summary>
    /// A path of the scope `storage.read`, such as `/run3`: tokens for it, or for a path above it, read all that the rule gives. Tokens for
    /// a path below it read the same path below what the rule gives. Null for a rule about a group.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>A value of the claim `wlcg.groups`, such as `/atlas/production`. Null for a rule about a path.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// The datasets: `OWNER` for all datasets of a user or group, `OWNER/NAME` for one dataset, `OWNER/NAME/FOLDER` for a folder of it.
    /// </summary>
    [Required]
    public string Gives { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path is null == Group is null)
        {
            yield return new ValidationResult("a rule has either 'path' or 'group'.");
        }

        if (Path is not null && StoragePath.Parse(Path) is { IsOk: false } path)
        {
            yield return new ValidationResult($"'path': {path.Error.Message}");
        }

        if (Group is not null && !StoragePath.IsGroup(Group))
        {
            yield return new ValidationResult($"'group' is '{Group}': write it as the token does, such as /atlas/production.");
        }

        if (PartnerTarget.Parse(Gives) is { IsOk: false } target)
        {
            yield return new ValidationResult($"'gives': {target.Error.Message}");
        }
    }
}
