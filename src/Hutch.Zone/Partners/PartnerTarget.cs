using Hutch.Zone.Authorization;

namespace Hutch.Zone.Partners;

/// <summary>What a rule gives, by names: all datasets of an owner or one of them.</summary>
internal sealed record PartnerTarget(AccountName Owner, Slug? Dataset)
{
    public static Result<PartnerTarget> Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 2)
        {
            return ErrorCode.InvalidName.With($"{Display.Quote(text)} is neither OWNER nor OWNER/NAME.");
        }

        return AccountName.Parse(parts[0]).Then<PartnerTarget>(owner => parts.Length == 1
            ? new PartnerTarget(owner, null)
            : Slug.Parse(parts[1]).Then<PartnerTarget>(dataset => new PartnerTarget(owner, dataset)));
    }

    /// <summary>Returns the target at a path below this one; null where there can be none.</summary>
    public PartnerTarget? Below(ReadOnlySpan<string> parts) => parts switch
    {
        [] => this,
        [var name] when Dataset is null && Slug.Parse(name) is { IsOk: true } slug => this with { Dataset = slug.Value },
        _ => null,
    };

    /// <summary>Returns what it is now; null for an owner or a dataset that does not exist.</summary>
    public PartnerArea? Find(ZoneTables tables)
    {
        if (Dataset is { } slug)
        {
            return tables.Names.Find(Owner.Value, slug.Value) is NameRecord name ? new PartnerArea(name.Owner, name.Dataset) : null;
        }

        return tables.Principals.Find(Owner.Value) is PrincipalRecord owner ? new PartnerArea(owner, null) : null;
    }
}
