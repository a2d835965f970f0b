using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

/// <summary>
/// Visits a dataset and, if wanted, the datasets inside it, each at the snapshot that the version around it names. If none is named,
/// because git brought no commit, the newest is taken.
/// </summary>
/// <param name="site">The site to read from; null for the one of the server.</param>
/// <param name="visit">Does the command's work on one dataset.</param>
/// <param name="command">The command for one dataset that was left out, without <c>hutch</c>.</param>
internal sealed class NestedRun(
    CliContext context, string? site, bool isRecursive, Func<NestedTarget, CancellationToken, Task<NestedVisit>> visit,
    Func<NestedDataset, string> command)
{
    /// <summary>So many are named one by one.</summary>
    private const int MaxNamed = 10;

    /// <summary>The most datasets of a run: the lists come from owners, and a few of them can name each other without end.</summary>
    private const int MaxDatasets = 20_000;

    private readonly List<NestedDataset> _found = [];
    private readonly List<(NestedDataset Nested, string Why)> _leftOut = [];
    private readonly HashSet<(DatasetId, long?)> _visited = [];

    /// <summary>Chooses by paths from the outermost dataset; the others are not mentioned.</summary>
    public Func<string, bool> Filter { get; init; } = static _ => true;

    /// <summary>True if a dataset is visited at each of its paths; false if once, unless it has a folder.</summary>
    public bool AtEachPath { get; init; }

    /// <summary>True if only datasets that are cloned already are visited.</summary>
    public bool OnlyHere { get; init; }

    /// <summary>The datasets inside, with paths from the outermost dataset; of all levels if the run is recursive.</summary>
    public IReadOnlyList<NestedDataset> Found => _found;

    /// <summary>Visits the outermost dataset and those inside; returns the exit code.</summary>
    public Task<int> RunAsync(NestedTarget outermost, CancellationToken cancellationToken) => VisitAsync(outermost, [], cancellationToken);

    /// <summary>Finds the dataset of a target, and its version.</summary>
    public async Task<(DatasetInfo Dataset, string? At)> ResolveAsync(NestedTarget target, CancellationToken cancellationToken)
    {
        if (target.Info is { } known)
        {
            return (known, target.At);
        }

        (DatasetInfo dataset, _) = await context.ResolveWithDataAsync(target.Dataset.ToString(), site, cancellationToken);

        // A commit without a snapshot: another server may have a version of it.
        string? at = target is { At: null, Commit: { } commit }
            ? NumberText((await context.Server.GetSnapshotAsync(dataset.Id, commit, cancellationToken)).Number)
            : target.At;
        return (dataset, at);
    }

    /// <summary>Names the datasets that were left out, with the way to each.</summary>
    public void Report()
    {
        foreach ((NestedDataset one, string why) in _leftOut.Take(MaxNamed))
        {
            context.WriteNote($"left out, a dataset of its own: {Display.Quote(one.Path)}. {why}");
        }

        if (_leftOut.Count > 0)
        {
            context.WriteNote(
                $"{Human.Count(_leftOut.Count, "nested dataset was", "nested datasets were")} left out."
                + (isRecursive ? "" : " `--recursive` takes them along."));
        }
    }

    /// <param name="above">The datasets around it.</param>
    private async Task<int> VisitAsync(NestedTarget target, DatasetId[] above, CancellationToken cancellationToken)
    {
        NestedVisit done = await visit(target, cancellationToken);
        IReadOnlyList<NestedDataset> inside;
        try
        {
            string? newest = done is { At: null, IsNewest: true } ? await NewestAsync(target.Dataset, cancellationToken) : null;
            inside = (done.At ?? newest) is { } at
                ? await NestedDatasets.FindAsync(context.Server, target.Dataset, at, target.Folder, cancellationToken)
                : [];
        }
        catch (HutchException e) when (e.Error.Code.Status is < 500 and not 401)
        {
            string name = target.Path.Length > 0 ? Display.Quote(target.Path) : "the dataset";
            context.WriteNote($"The datasets inside {name} are not known at this server: {e.Error.Message}");
            return isRecursive ? Worse(done.Code, ExitCode.Incomplete) : done.Code;
        }

        int code = done.Code;
        foreach (NestedDataset one in inside)
        {
            NestedDataset nested = one with { Path = target.Path.Length > 0 ? $"{target.Path}/{one.Path}" : one.Path };
            if (Filter(nested.Path))
            {
                code = Worse(code, await EnterAsync(nested, [.. above, target.Dataset], cancellationToken));
            }
        }

        return code;
    }

    /// <summary>The newest version of a dataset; null if it has none.</summary>
    private async Task<string?> NewestAsync(DatasetId dataset, CancellationToken cancellationToken)
    {
        await foreach (SnapshotInfo newest in context.Server.ListSnapshotsAsync(dataset, cancellationToken))
        {
            return NumberText(newest.Number);
        }

        return null;
    }

    /// <summary>Visits a nested dataset, or notes why not.</summary>
    private async Task<int> EnterAsync(NestedDataset nested, DatasetId[] above, CancellationToken cancellationToken)
    {
        int index = _found.Count;
        _found.Add(nested);
        if (!isRecursive)
        {
            if (!nested.IsHere)
            {
                _leftOut.Add((nested, Advice(nested)));
            }

            return ExitCode.Ok;
        }

        if (nested.Dataset is { } own && above.Contains(own))
        {
            _leftOut.Add((nested, "It is one of the datasets around it."));
            return ExitCode.Ok;
        }

        if (WhyNot(nested, above.Length) is { } why)
        {
            _leftOut.Add((nested, why));
            return ExitCode.Incomplete;
        }

        DatasetId id = nested.Dataset!.Value;
        if (!AtEachPath && nested.Folder.Length == 0 && !_visited.Add((id, nested.Snapshot)))
        {
            return ExitCode.Ok;
        }

        var target = new NestedTarget(id, nested.Snapshot is { } number ? NumberText(number) : null, nested.Path)
        {
            Folder = nested.Folder.Length > 0 ? nested.Folder : null,
            Commit = nested.Commit,
            IsHere = nested.IsHere,
        };
        try
        {
            int code = await VisitAsync(target, above, cancellationToken);
            _found[index] = nested with { IsHere = true };
            return code;
        }
        catch (HutchException e) when (e.Error.Code.Status is < 500 and not 401)
        {
            _leftOut.Add((nested, e.Error.Message));
            return ExitCode.Incomplete;
        }
    }

    private string? WhyNot(NestedDataset nested, int level) => nested switch
    {
        { Dataset: null } => Advice(nested),
        { IsHere: false } when OnlyHere => Advice(nested),
        _ when level > Subdataset.MaxLevels => $"It is more than {Subdataset.MaxLevels} levels deep.",
        _ when _found.Count > MaxDatasets => $"A run visits at most {MaxDatasets} datasets.",
        _ => null,
    };

    private string Advice(NestedDataset nested) => nested switch
    {
        { Dataset: null } => "It is not known by an id: get it with git or DataLad.",
        { Snapshot: null, Commit: { } commit } =>
            $"This version names its commit {commit}, which you can read in no version of {nested.Dataset} at this server.",
        _ => $"For it: `hutch {command(nested)}`.",
    };

    private static int Worse(int one, int other) => one == ExitCode.VerificationFailed || other == ExitCode.Ok ? one : other;

    private static string NumberText(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A dataset of a run.</summary>
/// <param name="At">Its version; null for the newest, or while only its commit is known.</param>
/// <param name="Path">Its path from the outermost dataset; empty for that itself.</param>
internal sealed record NestedTarget(DatasetId Dataset, string? At, string Path)
{
    /// <summary>The dataset, if it is known already.</summary>
    public DatasetInfo? Info { get; init; }

    /// <summary>Its folder; null for commands that use none.</summary>
    public string? Folder { get; init; }

    /// <summary>The git commit that the version around it names; null if that is not known.</summary>
    public string? Commit { get; init; }

    /// <summary>True if it is cloned in its folder.</summary>
    public bool IsHere { get; init; }
}

/// <summary>The result of a visit.</summary>
/// <param name="At">The version that was visited; null for none, which has no datasets inside, and for the newest.</param>
internal sealed record NestedVisit(int Code, string? At)
{
    /// <summary>True if the visit was to the newest version where it names no other.</summary>
    public bool IsNewest { get; init; }
}
