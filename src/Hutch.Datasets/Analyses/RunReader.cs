using Hutch.Datasets.Registry;

namespace Hutch.Datasets.Analyses;

/// <summary>Lists runs and reads lineage, as far as callers may see.</summary>
public sealed class RunReader
{
    /// <summary>Before the cursor of what comes after the runs that are known elsewhere.</summary>
    private const string OfHere = "here-";

    private readonly Authorizer _authorizer;
    private readonly RunRegistry _runs;
    private readonly DatasetDescriber _describer;

    internal RunReader(Authorizer authorizer, RunRegistry runs, DatasetDescriber describer)
    {
        (_authorizer, _runs, _describer) = (authorizer, runs, describer);
    }

    /// <summary>Runs that the caller may see, the newest first.</summary>
    public async Task<Result<Batch<VisibleRun>>> ListAsync(
        Caller caller, RunFilter filter, string? cursor, int limit, CancellationToken ct)
    {
        if (filter.Dataset is { } id)
        {
            Result<Access> access = await _authorizer.AuthorizeAsync(caller, id, Operation.HistoryRead, ct);
            if (!access.IsOk)
            {
                return access.Error;
            }
        }

        if (!TryParse(cursor, out long? before))
        {
            return ErrorCode.BadRequest.With("The cursor is not from a page of runs.");
        }

        var items = new List<VisibleRun>();
        var known = new Dictionary<DatasetId, Seen>();
        while (true)
        {
            IReadOnlyList<SiteRun> some = await _runs.ListAsync(filter, before, RunLimits.MaxRunsAtOnce, ct);
            foreach (SiteRun run in some)
            {
                before = run.Sequence;
                // The results must not reveal the owner of a dataset that the caller may not see.
                if (await SeeAsync(caller, run, known, ct) is { } seen && (filter.Owner is null || IsOf(filter.Owner, seen.Run)))
                {
                    items.Add(seen);
                }

                if (items.Count == Math.Clamp(limit, 1, RunLimits.MaxRunsAtOnce))
                {
                    return new Batch<VisibleRun>(items, before.Value.ToString(CultureInfo.InvariantCulture));
                }
            }

            if (some.Count < RunLimits.MaxRunsAtOnce)
            {
                return new Batch<VisibleRun>(items, null);
            }
        }

        bool IsOf(string owner, SiteRun shown) => DatasetsOf(shown).Any(one => known[one].Name?.Owner.Name == owner);
    }

    /// <summary>
    /// The runs of a dataset that is read through this site: first those that wrote it, which its home knows; then those of this site that
    /// read it while it had a copy, which its home does not know.
    /// </summary>
    /// <inheritdoc cref="ListAsync(Caller, RunFilter, string?, int, CancellationToken)"/>
    public async Task<Result<Batch<VisibleRun>>> ListAsync(
        Caller caller, RunFilter filter, RunReader here, string? cursor, int limit, CancellationToken ct)
    {
        var first = new Batch<VisibleRun>([], null);
        if (cursor?.StartsWith(OfHere, StringComparison.Ordinal) != true)
        {
            if (!(await ListAsync(caller, filter, cursor, limit, ct)).TryGet(out first, out HutchError? refusal))
            {
                return refusal;
            }

            if (first.Next is not null || first.Items.Count >= limit)
            {
                return first with { Next = first.Next ?? OfHere };
            }

            cursor = OfHere;
        }

        string? after = cursor.Length > OfHere.Length ? cursor[OfHere.Length..] : null;
        Result<Batch<VisibleRun>> own = await here.ListAsync(caller, filter, after, limit - first.Items.Count, ct);
        return own.Then<Batch<VisibleRun>>(rest => new Batch<VisibleRun>(
            [.. first.Items, .. rest.Items.Where(one => !one.Run.Outputs.Contains(filter.Dataset!.Value))],
            rest.Next is { } next ? OfHere + next : null));
    }

    /// <summary>Returns the ancestors and descendants of a dataset that the caller may see.</summary>
    public async Task<Result<VisibleLineage>> LineageAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, id, Operation.HistoryRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        SiteLineage lineage = await _runs.LineageAsync(id, ct);
        var known = new Dictionary<DatasetId, Seen>();
        var runs = new List<VisibleRun>();
        foreach (SiteRun run in lineage.Runs)
        {
            if (await SeeAsync(caller, run, known, ct) is { } seen)
            {
                runs.Add(seen);
            }
        }

        return new VisibleLineage(
            await DescribeAsync(caller, lineage.Ancestors, ct),
            await DescribeAsync(caller, lineage.Descendants, ct),
            runs,
            lineage.IsTruncated);
    }

    private async ValueTask<IReadOnlyList<DatasetDescription>> DescribeAsync(
        Caller caller, IReadOnlyList<DatasetId> datasets, CancellationToken ct)
    {
        var visible = new List<Access>();
        foreach (DatasetId dataset in datasets)
        {
            Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
            if (access.IsOk)
            {
                visible.Add(access.Value);
            }
        }

        return await _describer.DescribeAsync(caller, visible, ct);
    }

    /// <summary>The run as the caller may see it; null when it may see none of its datasets.</summary>
    internal async ValueTask<VisibleRun?> SeeAsync(Caller caller, SiteRun run, Dictionary<DatasetId, Seen> known, CancellationToken ct)
    {
        var visible = new Dictionary<DatasetId, string>();
        bool isMember = false;
        foreach (DatasetId dataset in DatasetsOf(run))
        {
            if (!known.TryGetValue(dataset, out Seen seen))
            {
                Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.HistoryRead, ct);
                seen = access.IsOk ? new Seen(access.Value.Dataset, access.Value.Granted.Includes(Rights.Write)) : default;
                known.Add(dataset, seen);
            }

            if (seen.Name is { } name)
            {
                visible[dataset] = name.FullName;
            }

            isMember |= seen.IsMember;
        }

        if (visible.Count == 0)
        {
            return null;
        }

        int[] places = [.. Enumerable.Range(0, run.Inputs.Count).Where(index => visible.ContainsKey(run.Inputs[index].Dataset))];
        SiteRun shown = run with
        {
            Inputs = [.. places.Select(index => run.Inputs[index])],
            Outputs = [.. run.Outputs.Where(visible.ContainsKey)],
        };
        return new VisibleRun(shown, shown.Inputs.Count == run.Inputs.Count, isMember)
        {
            Names = visible,
            InputNames = [.. places.Select(index => run.Description.Task?.NameOf(index))],
        };
    }

    internal static IEnumerable<DatasetId> DatasetsOf(SiteRun run) => run.Inputs.Select(input => input.Dataset).Concat(run.Outputs);

    private static bool TryParse(string? cursor, out long? before)
    {
        before = null;
        if (cursor is null)
        {
            return true;
        }

        bool isNumber = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        before = number;
        return isNumber;
    }

    /// <summary>A dataset as the caller sees it.</summary>
    /// <param name="Name">Its name; null when the caller may not see it.</param>
    /// <param name="IsMember">Whether the caller may write to it.</param>
    internal readonly record struct Seen(NameRecord? Name, bool IsMember);
}
