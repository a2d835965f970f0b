using Hutch.Datasets.Analyses;
using Hutch.Programs.Documents;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Chooses the further inputs of a run: those that a person named, or by the rule of the program among the closed datasets of the owner
/// of the first input. What the caller may not read and derive from does not count. The image of the program comes last.
/// </summary>
internal sealed class InputChooser(
    Authorizer authorizer, DatasetNames names, HeadReader heads, InputFixer fixer, ProgramStarts starts, TypeLibrary types,
    MetadataSource metadata)
{
    private const int MaxCandidates = 500;
    private const int MaxNamed = 3;

    /// <param name="mayLeaveOut">True if another site has chosen: what is optional and not given is left out.</param>
    public async Task<Result<IReadOnlyList<ChosenInput>>> ChooseAsync(
        Caller caller, ProgramDocument program, SiteDataset first, IReadOnlyDictionary<string, DatasetId> given, bool mayLeaveOut,
        CancellationToken ct)
    {
        if (given.Keys.FirstOrDefault(name => program.Inputs.All(input => input.Name != name)) is { } unknown)
        {
            return ErrorCode.Unprocessable.With(
                $"The program '{program.Name}' has no input {Display.Quote(unknown)}"
                + Suggestion.For(unknown, program.Inputs.Select(static one => one.Name)));
        }

        var chosen = new List<ChosenInput>();
        foreach (NamedInput input in program.Inputs)
        {
            Result<DatasetId?> found = given.TryGetValue(input.Name, out DatasetId named)
                ? await CheckAsync(caller, input, named, ct)
                : mayLeaveOut && input.IsOptional ? (DatasetId?)null
                : await FindAsync(caller, input, first, ct);
            if (!found.TryGet(out DatasetId? id, out HutchError? refusal))
            {
                return refusal;
            }

            if (id is not { } dataset)
            {
                continue;
            }

            if (!(await FixAsync(caller, program, input.Name, dataset, null, ct)).TryGet(out ChosenInput? version, out refusal))
            {
                return refusal;
            }

            chosen.Add(version);
        }

        if (program.Image is { } image)
        {
            if (!(await FindImageAsync(caller, program, image, ct)).TryGet(out ChosenInput? version, out HutchError? refusal))
            {
                return refusal.Code.With($"The program '{program.Name}' runs in the image {image}. {refusal.Message}");
            }

            chosen.Add(version);
        }

        return chosen;
    }

    private async Task<Result<ChosenInput>> FixAsync(
        Caller caller, ProgramDocument program, string name, DatasetId dataset, SnapshotRef? at, CancellationToken ct)
    {
        Result<TreeView?> view = await fixer.FixAsync(caller, dataset, at, $"Read by the program {program.Name}", ct);
        return !view.IsOk ? view.Error
            : view.Value is { Snapshot: { } snapshot } found
                ? new ChosenInput(name, new VersionReference(dataset, snapshot.Number, found.Root.Page))
            : ErrorCode.Unprocessable.With($"The dataset for the input '{name}' is empty.");
    }

    private async Task<Result<ChosenInput>> FindImageAsync(
        Caller caller, ProgramDocument program, DatasetRef image, CancellationToken ct)
    {
        if (!(await names.ResolveAsync(caller, image, ct)).TryGet(out Access seen, out HutchError? refusal))
        {
            return refusal;
        }

        DatasetId id = seen.Dataset.Dataset;
        return await RightToDerive.FindLackingAsync(authorizer, caller, id, ct) is { } lacking
            ? lacking
            : await FixAsync(caller, program, RunTask.Image, id, image.Snapshot, ct);
    }

    private async Task<Result<DatasetId?>> CheckAsync(Caller caller, NamedInput input, DatasetId id, CancellationToken ct)
    {
        if (await RightToDerive.FindLackingAsync(authorizer, caller, id, ct) is { } lacking)
        {
            return lacking;
        }

        Result<SiteDataset> dataset = (await heads.DatasetAsync(id, ct)).Then(DatasetState.RequirePresent);
        return !dataset.IsOk ? dataset.Error
            : Fits(input, dataset.Value) ? (DatasetId?)id
            : ErrorCode.Unprocessable.With(
                $"'{dataset.Value.Owner}/{dataset.Value.Slug}' is of the type '{dataset.Value.Type}', but the input '{input.Name}' is of "
                + $"{string.Join(" or ", input.Types)}.");
    }

    private bool Fits(NamedInput input, SiteDataset dataset) => input.Types.Any(types.Current.LineageOf(dataset.Type).Contains);

    private async Task<Result<DatasetId?>> FindAsync(Caller caller, NamedInput input, SiteDataset first, CancellationToken ct)
    {
        JsonElement own = await metadata.ReadAsync(first, ct);
        string? missing = input.Same.FirstOrDefault(key => MetadataSource.Find(own, key) is null);
        var found = new List<SiteDataset>();
        if (missing is null)
        {
            string[] family =
                [.. input.Types, .. input.Types.SelectMany(name => types.Current.Family(name)).Select(static type => type.Name)];
            foreach (DatasetId id in await starts.ClosedDatasetsOfAsync(first.Owner, family, MaxCandidates, ct))
            {
                if (id != first.Id && (await CheckAsync(caller, input, id, ct)).IsOk
                    && (await heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? candidate, out _)
                    && await IsSameAsync(input, own, candidate, ct))
                {
                    found.Add(candidate);
                    if (input.IsNewest)
                    {
                        return (DatasetId?)id;
                    }
                }
            }
        }

        return found switch
        {
            [var only] => (DatasetId?)only.Id,
            [] when input.IsOptional => (DatasetId?)null,
            [] => ErrorCode.Unprocessable.With(
                (missing is null ? $"There is no dataset for the input '{input.Name}'" : $"The input has no metadata '{missing}', which "
                    + $"chooses the input '{input.Name}'")
                + $": it is {input.Rule}, of '{first.Owner}'. Name one (`--input {input.Name}=DATASET`)."),
            _ => ErrorCode.Unprocessable.With(
                $"{found.Count} datasets fit the input '{input.Name}', such as "
                + $"{string.Join(", ", found.Take(MaxNamed).Select(static one => $"{one.Owner}/{one.Slug}"))}. "
                + $"Name one (`--input {input.Name}=DATASET`)."),
        };
    }

    private async ValueTask<bool> IsSameAsync(NamedInput input, JsonElement own, SiteDataset candidate, CancellationToken ct)
    {
        if (input.Same.Count == 0)
        {
            return true;
        }

        JsonElement other = await metadata.ReadAsync(candidate, ct);
        return input.Same.All(key => MetadataSource.Find(other, key) is { } value
            && JsonElement.DeepEquals(value, MetadataSource.Find(own, key)!.Value));
    }
}

/// <param name="Name">The name of the input in the program.</param>
internal sealed record ChosenInput(string Name, VersionReference Version);
