namespace Hutch.Api.Documents;

internal static class DatasetDocuments
{
    /// <summary>Writes what a caller may know of a dataset.</summary>
    public static DatasetInfo From(DatasetDescription dataset) => new()
    {
        Id = dataset.Id,
        Owner = dataset.Name.Owner.Name,
        Slug = dataset.Name.Slug,
        Name = dataset.Name.FullName,
        Provisional = dataset.Name.IsProvisional ? true : null,
        Alias = dataset.Name.Alias,
        Title = dataset.Record.Title,
        Type = dataset.Record.Type,
        State = dataset.State,
        Visibility = dataset.IsPublic ? "public" : "private",
        PublicAfter = dataset.Name.Visibility.From,
        Kind = dataset.Kind,
        Created = Time(dataset.Record.Created),
        Closed = Time(dataset.Record.Closed),
        Expires = Time(dataset.Record.Expires),
        TrashedUntil = Time(dataset.Record.TrashedUntil),
        HeadVersion = dataset.HeadVersion,
        Snapshots = dataset.Record.Snapshot ?? 0,
        Files = dataset.Size.Files,
        Bytes = dataset.Size.Bytes,
        InFolder = dataset.Record.Folder is not null,
        Eviction = dataset.Record is { Copy: null, Eviction: { } eviction } ? SiteDocuments.From(eviction.State) : null,
        ReproducibleBy = dataset.Record is { Copy: null, Eviction: { Reproduction: { } proved } away } && away.IsAway()
            ? proved.Run.ToString("N")
            : null,
        Parents = [.. dataset.Parents.Select(parent => new ParentInfo
        {
            Id = parent.Id, Name = parent.Name, Snapshot = parent.Snapshot, Root = parent.Root,
        })],
        Age = dataset.Age,
        Publication = dataset.Publication,
        YourRight = dataset.Rights == Rights.None ? null : dataset.Rights.ToName(),
        Offer = dataset.Offer is { } offer ? OwnershipDocuments.From(offer) : null,
        Match = dataset.Match is { } match ? new SearchMatchInfo { In = match.IsInFiles ? "files" : "metadata", Text = match.Text } : null,
    };

    public static Result<RequestedDataset> Read(CreateDataset create)
    {
        if (!ReadName(create.Name).TryGet(out (AccountName? Owner, Slug Slug) name, out HutchError? refusal)
            || !ReadParents(create.Parents ?? []).TryGet(out IReadOnlyList<DatasetRef>? parents, out refusal))
        {
            return refusal;
        }

        return new RequestedDataset
        {
            Id = create.Id,
            Owner = name.Owner,
            Slug = name.Slug,
            Type = create.Type,
            Title = create.Title,
            Parents = parents,
            Copy = create.Copy,
            Following = create.Following,
            TransientDays = create.TransientDays,
        };
    }

    public static Result<DatasetEdit> Read(PatchDataset patch)
    {
        Result<Slug?> slug = patch.Slug is null ? (Slug?)null : Slug.Parse(patch.Slug).Then<Slug?>(parsed => (Slug?)parsed);
        Result<Visibility?> visibility = ReadVisibility(patch);
        return slug.IsOk && visibility.IsOk
            ? new DatasetEdit { Slug = slug.Value, Title = patch.Title, Type = patch.Type, Visibility = visibility.Value }
            : slug.Error ?? visibility.Error!;
    }

    private static Result<(AccountName? Owner, Slug Slug)> ReadName(string name) => name.Contains('/', StringComparison.Ordinal)
        ? DatasetName.Parse(name).Then<(AccountName?, Slug)>(full => (full.Owner, full.Slug))
        : Slug.Parse(name).Then<(AccountName?, Slug)>(slug => (null, slug));

    private static Result<IReadOnlyList<DatasetRef>> ReadParents(IReadOnlyList<ParentReference> parents)
    {
        var read = new List<DatasetRef>(parents.Count);
        foreach (ParentReference parent in parents)
        {
            if (!DatasetRef.Parse(parent.Dataset).TryGet(out DatasetRef reference, out HutchError? refusal)
                || !ReadAt(parent.At).TryGet(out SnapshotRef? at, out refusal))
            {
                return refusal;
            }

            read.Add(at is null ? reference : reference with { Snapshot = at });
        }

        return read;
    }

    private static Result<SnapshotRef?> ReadAt(string? at)
    {
        if (string.IsNullOrEmpty(at))
        {
            return (SnapshotRef?)null;
        }

        return SnapshotRef.Parse(at).Then<SnapshotRef?>(parsed => (SnapshotRef?)parsed);
    }

    private static Result<Visibility?> ReadVisibility(PatchDataset patch) => (patch.Visibility, patch.PublicAfter) switch
    {
        (null, null) => (Visibility?)null,
        ("private", null) => Visibility.Private,
        ("public", null) => Visibility.Public,
        ("public", DateTimeOffset from) => Visibility.PublicAfter(from),
        (null or "private", _) =>
            ErrorCode.BadRequest.With("'publicAfter' is when a dataset becomes public: use it with the visibility 'public'."),
        _ => ErrorCode.BadRequest.With($"{Display.Quote(patch.Visibility)} is not a visibility: use 'private' or 'public'."),
    };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is long known ? Time(known) : null;
}
