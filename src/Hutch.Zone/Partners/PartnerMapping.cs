namespace Hutch.Zone.Partners;

/// <summary>A rule of the configuration, parsed.</summary>
internal sealed record PartnerMapping(StoragePath? Path, string? Group, PartnerTarget Gives)
{
    /// <summary>Parses a rule that the configuration has checked; an invalid one throws.</summary>
    public static PartnerMapping From(PartnerRule rule) => new(
        rule.Path is null ? null : StoragePath.Parse(rule.Path).Value, rule.Group, PartnerTarget.Parse(rule.Gives).Value);

    /// <summary>Returns what the rule gives to a token: at most what the rule gives, and at most what the token names.</summary>
    public IEnumerable<PartnerTarget> TargetsOf(PartnerClaims claims)
    {
        if (Path is null)
        {
            return claims.Groups.Contains(Group, StringComparer.Ordinal) ? [Gives] : [];
        }

        return claims.Paths.Select(TargetOf).OfType<PartnerTarget>();
    }

    private PartnerTarget? TargetOf(StoragePath path)
    {
        if (path.Contains(Path!))
        {
            return Gives;
        }

        return Path!.Contains(path) ? Gives.Below([.. path.Parts.Skip(Path.Parts.Count)]) : null;
    }
}
