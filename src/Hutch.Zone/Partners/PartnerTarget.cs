using Hutch.Zone.Authorization;

namespace Hutch.Zone.Partners;

/// <summary>What a rule gives, by names: all datasets of an owner, one of them, or a folder of one.</summary>
internal sealed record PartnerTarget(AccountName Owner, Slug? Dataset, DatasetPath? Folder)
{
    public static Result<PartnerTarget> Parse(string text)
    {
        string[] parts = text.Split('/', 3);
        if (!AccountName.Parse(parts[0]).TryGet(out AccountName owner, out HutchError? error))
        {
            return error;
        }

        if (parts.Length == 1)
        {
            return new PartnerTarget(owner, null, null);
        }

        return Slug.Parse(parts[1]).Then<PartnerTarget>(dataset => parts.Length == 2
            ? new PartnerTarget(owner, dataset, null)
            : DatasetPath.Parse(parts[2]).Then<PartnerTarget>(folder => new PartnerTarget(owner, dataset, folder)));
    }

    /// <summary>Returns the target at a path below this one; null where there can be none.</summary>
    public PartnerTarget? Below(ReadOnlySpan<string> parts)
    {
        if (parts is [])
        {
            return this;
        }

        if (Dataset is null)
        {
            return Slug.Parse(parts[0]) is { IsOk: true } slug ? (this with { Dataset = slug.Value }).Below(parts[1..]) : null;
        }

        string below = string.Join('/', parts);
        Result<DatasetPath> folder = Folder is { } above ? above.Append(below) : DatasetPath.Parse(below);
        return folder.IsOk ? this with { Folder = folder.Value } : null;
    }

    /// <summary>Returns what it is now; null for an owner or a dataset that does not exist.</summary>
    public PartnerArea? Find(ZoneTables tables)
    {
        if (Dataset is { } slug)
        {
            return tables.Names.Find(Owner.Value, slug.Value) is NameRecord name ? new PartnerArea(name.Owner, name.Dataset, Folder) : null;
        }

        return tables.Principals.Find(Owner.Value) is PrincipalRecord owner ? new PartnerArea(owner, null) : null;
    }
}
