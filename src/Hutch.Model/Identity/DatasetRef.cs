namespace Hutch.Model;

/// <summary>
/// A user's reference to a dataset, optionally to a version of it: <c>id | slug | owner/slug</c>, then optionally <c>@SNAPSHOT</c>.
/// </summary>
/// <param name="Slug">
/// The name, if there is no id. Without an owner, it is the caller's own dataset, otherwise one that is shared with the caller.
/// </param>
/// <param name="Snapshot">The version; null for the head.</param>
public readonly record struct DatasetRef(DatasetId? Id, AccountName? Owner, Slug? Slug, SnapshotRef? Snapshot)
{
    public static Result<DatasetRef> Parse(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? text : text[..at];
        SnapshotRef? snapshot = null;
        if (at >= 0)
        {
            if (!SnapshotRef.Parse(text[at..]).TryGet(out SnapshotRef parsed, out HutchError? error))
            {
                return error;
            }

            snapshot = parsed;
        }

        if (DatasetId.TryParse(name, out DatasetId id))
        {
            return new DatasetRef(id, null, null, snapshot);
        }

        return name.Contains('/', StringComparison.Ordinal)
            ? DatasetName.Parse(name).Then<DatasetRef>(full => new DatasetRef(null, full.Owner, full.Slug, snapshot))
            : Model.Slug.Parse(name).Then<DatasetRef>(slug => new DatasetRef(null, null, slug, snapshot));
    }

    public override string ToString()
    {
        string name = Id is { } id ? id.ToString() : Owner is { } owner ? $"{owner}/{Slug}" : $"{Slug}";
        return name + Snapshot;
    }
}
