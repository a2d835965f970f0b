using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

/// <summary>
/// Downloads a dataset and, if wanted, the datasets inside it, each at the snapshot that the version around it names. If none is named,
/// because git brought no commit, the newest is taken.
/// </summary>
/// <param name="site">The site to read from; null for the one of the server.</param>
/// <param name="download">Downloads one dataset into a folder; gives the exit code, too.</param>
internal sealed class NestedRun(
    CliContext context, string? site, bool isRecursive,
    Func<DatasetInfo, string?, string, CancellationToken, Task<(CloneOutcome Outcome, int Code)>> download)
{
    /// <param name="above">The datasets around it: one that has itself inside is downloaded once.</param>
    public async Task<(CloneOutcome Outcome, int Code)> RunAsync(
        DatasetInfo dataset, string? at, string folder, DatasetId[] above, CancellationToken cancellationToken)
    {
        (CloneOutcome outcome, int code) = await download(dataset, at, folder, cancellationToken);
        IReadOnlyList<NestedDataset> found;
        try
        {
            found = await NestedDatasets.FindAsync(context.Server, dataset.Id, outcome, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code.Status is < 500 and not 401)
        {
            context.WriteNote($"The datasets inside {dataset.Name} are not known at this server: {e.Error.Message}");
            return (outcome, isRecursive ? ExitCode.Incomplete : code);
        }

        var nested = new List<NestedDataset>();
        foreach (NestedDataset one in found)
        {
            bool isWanted = isRecursive && !one.IsHere && one.Dataset != dataset.Id && !above.Any(id => id == one.Dataset);
            int? inside = isWanted ? await RunNestedAsync(one, [.. above, dataset.Id], cancellationToken) : null;
            nested.Add(one with { IsHere = one.IsHere || inside is not null });
            code = isWanted && inside is not ExitCode.Ok ? ExitCode.Incomplete : code;
        }

        return (outcome with { Nested = nested }, code);
    }

    /// <summary>Downloads a nested dataset. Null if the server refuses, for example without the right to read.</summary>
    private async Task<int?> RunNestedAsync(NestedDataset nested, DatasetId[] above, CancellationToken cancellationToken)
    {
        if (nested.Dataset is not { } id || above.Length > Subdataset.MaxLevels)
        {
            return null;
        }

        try
        {
            (DatasetInfo dataset, _) = await context.ResolveWithDataAsync(id.ToString(), site, cancellationToken);
            long? snapshot = nested.Snapshot;
            if (snapshot is null && nested.Commit is { } commit)
            {
                // It is at another server, which may have a version of this commit.
                snapshot = (await context.Server.GetSnapshotAsync(id, commit, cancellationToken)).Number;
            }

            string? at = snapshot?.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return (await RunAsync(dataset, at, nested.Folder, above, cancellationToken)).Code;
        }
        catch (HutchException e) when (e.Error.Code.Status is < 500 and not 401)
        {
            context.WriteNote($"{Display.Quote(nested.Path)}: {e.Error.Message}");
            return null;
        }
    }
}
