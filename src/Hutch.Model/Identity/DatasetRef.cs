namespace Hutch.Model;

/// <summary>
/// How a person names a dataset, and perhaps a version of it: <c>id | slug | owner/slug</c>, then <c>@SNAPSHOT</c> if one is meant.
/// </summary>
/// <param name="Id">The id, when it was given.</param>
/// <param name="Owner">The owner, when the full name was given.</param>
/// <param name="Slug">The name, when no id was given: without an owner, the caller's own dataset, else one that is shared with it.</param>
/// <param name="Snapshot">The version, or null for the head.</param>
public readonly record struct DatasetRef(DatasetId? Id, AccountName? Owner, Slug? Slug, SnapshotRef? Snapshot)
{
    /// <summary>Reads a reference.</summary>
    public static Result<DatasetRef> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
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

    /// <summary>The text of the reference.</summary>
    public override string ToString()
    {
        string name = Id is { } id ? id.ToString() : Owner is { } owner ? $"{owner}/{Slug}" : $"{Slug}";
        return name + Snapshot;
    }
}
