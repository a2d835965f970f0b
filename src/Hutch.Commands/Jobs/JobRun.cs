using Hutch.Client.Configuration;
using Hutch.Client.Fetch;
using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Disk.Folders;
using Hutch.Model.Records;
using Hutch.Node.Processes;
using Hutch.Objects.Http;

namespace Hutch.Commands.Jobs;

/// <summary>
/// Carries out a job: stages its inputs, runs its command, and pushes what that leaves as a dataset derived from them. What a command
/// leaves that fails or is stopped is pushed too, and its snapshot and the record of the run say so.
/// </summary>
internal sealed class JobRun(CliContext context, Job job)
{
    private const string LogName = "hutch-run.log";
    private const int FirstBytesOfLog = 8 << 20;
    private const int LastBytesOfLog = 1 << 20;

    // Of the half minute that a program has to end in.
    private static readonly TimeSpan TimeToPush = TimeSpan.FromSeconds(15);

    private const int TriesToJoin = 50;

    private static readonly TimeSpan PauseToJoin = TimeSpan.FromMilliseconds(200);

    private string OutputFolder => Path.Combine(job.Folder, "output");

    /// <summary>Carries it out; the exit code of the command, or that of what stood in its way.</summary>
    internal async Task<int> RunAsync(CancellationToken ct)
    {
        _ = CommandWords.Check(job.Command, job.Inputs.Count).Value;
        IReadOnlyDictionary<string, string> environment = JobEnvironment.Capture(job.Variables, context.Host.Environment).Value;
        if (!job.Command[0].Contains('{', StringComparison.Ordinal))
        {
            Find(job.Command[0]);
        }

        await (job.Part is null ? RequireNameAsync(ct) : RequirePartsAsync(ct));
        IReadOnlyList<Staged> inputs = await StageAsync(ct);
        string[] words = CommandWords.Fill(job.Command, [.. inputs.Select(input => input.Folder)], OutputFolder, job.Part);
        string program = Find(words[0]);
        if (job.Part is { } part)
        {
            return await RunPartAsync(part, inputs, environment, program, words[1..], ct);
        }

        using Workspace output = await OpenOutputAsync(inputs, ct);
        RunInfo run = await context.Server.StartRunAsync(ToStart(inputs, environment, program, output.Config.Dataset), ct);
        context.AfterInterrupt = $"The files so far stay in {OutputFolder}; the same command continues there with a new run.";
        return await KeepAsync(run, output, await ExecuteAsync(program, words[1..], inputs, output.Config.Dataset, ct), ct);
    }

    private StartRun ToStart(
        IReadOnlyList<Staged> inputs, IReadOnlyDictionary<string, string> environment, string program, DatasetId output) => new()
        {
            Program = Path.GetFileName(program),
            Version = job.Version,
            Command = CommandText.Join(job.Command),
            Environment = environment,
            Inputs = [.. inputs.Select(input => new RunInput { Dataset = input.Dataset.Id, Snapshot = input.Snapshot })],
            Output = output,
            Parts = job.Part is null ? null : job.Parts,
        };

    // Checked before hours of staging: the dataset for the results is made only afterwards, since it names the versions that were staged.
    private async Task RequireNameAsync(CancellationToken ct)
    {
        if (Workspace.TryOpen(OutputFolder, context.Host.Time) is { } earlier)
        {
            earlier.Dispose();
            return;
        }

        _ = DatasetRef.Parse(job.Output).Value;
        try
        {
            DatasetInfo taken = await context.Server.ResolveAsync(job.Output, ct);
            if (!job.Output.Contains('/') && taken.Owner != (await context.Server.GetCallerAsync(ct)).User)
            {
                return; // of somebody else, shared under the same name
            }

            throw (ErrorCode.AlreadyExists with { Advice = "Choose another name with --output." })
                .With($"There is a dataset {taken.Name} already.").ToException();
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Conflict)
        {
            // Free, as far as this account can see.
        }
    }

    private string Find(string program) =>
        CommandWords.Find(program, context.Host.Folder, context.Host.Environment("PATH"))
            ?? throw (ErrorCode.NotFound with { Advice = "Check its name, and PATH." }).With(
                $"There is no program {Display.Quote(program)}.").ToException();

    private async Task<IReadOnlyList<Staged>> StageAsync(CancellationToken ct)
    {
        var staged = new List<Staged>();
        foreach (JobInput input in job.Inputs)
        {
            (DatasetInfo dataset, string? at) = await context.ResolveAsync(input.Dataset, ct);
            string name = staged.Any(one => one.Dataset.Slug == dataset.Slug) ? $"{dataset.Slug}-{dataset.Id}" : dataset.Slug;
            string folder = input.Folder is { } given ? context.FullPath(given) : Path.Combine(job.Folder, "inputs", name);
            CloneOutcome outcome = await Staging.RunAsync(context, dataset, at, folder, job.Include, ct);
            if (outcome.Missing is [var missing, ..])
            {
                throw ErrorCode.Quarantined.With(
                    $"The server has no whole copy of {Display.Quote(missing)} in {dataset.Name}: the command was not started.")
                    .ToException();
            }

            long snapshot = outcome.Snapshot ?? throw ErrorCode.Unprocessable.With(
                $"{dataset.Name} is empty: there is nothing to run the command on.").ToException();
            staged.Add(new Staged(dataset, snapshot, at, folder));
        }

        return staged;
    }

    /// <summary>The folder for the results: a working directory of their dataset for this job alone, new or from an earlier try.</summary>
    private async Task<Workspace> OpenOutputAsync(IReadOnlyList<Staged> inputs, CancellationToken ct)
    {
        Workspace output = Workspace.TryOpen(OutputFolder, context.Host.Time) ?? await MakeOutputAsync(inputs, ct);
        try
        {
            output.Lock();
            RefuseUnlessOwn(output, await context.Server.GetDatasetAsync(output.Config.Dataset, ct));
            return output;
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    // Checked before the command starts: hours of computed results could otherwise not be pushed.
    private void RefuseUnlessOwn(Workspace output, DatasetInfo known)
    {
        if (known.Name != job.Output && known.Slug != job.Output)
        {
            throw (ErrorCode.AlreadyExists with { Advice = "Choose another folder with --work." })
                .With($"{Display.Quote(OutputFolder)} has the results of {known.Name}.").ToException();
        }

        if (known.Snapshots > (output.BaseSnapshot ?? 0))
        {
            throw (ErrorCode.Conflict with { Advice = "Run `hutch pull` in that folder, and then this command again." }).With(
                $"{known.Name} is at snapshot {known.Snapshots}, but {Display.Quote(OutputFolder)} is based on {output.BaseSnapshot ?? 0}.")
                .ToException();
        }
    }

    private async Task<Workspace> MakeOutputAsync(IReadOnlyList<Staged> inputs, CancellationToken ct)
    {
        DatasetInfo made = await context.Server.CreateDatasetAsync(ToOutput(inputs), ct);
        return MakeWorkspace(made);
    }

    private CreateDataset ToOutput(IReadOnlyList<Staged> inputs) => new()
    {
        Name = job.Output,
        Title = job.Title,
        Type = job.Type,
        Parents = [.. inputs.Select(input => new ParentReference { Dataset = input.Dataset.Id.ToString(), At = input.At })],
        Following = inputs.Any(input => input.Dataset.Closed is null),
    };

    private Workspace MakeWorkspace(DatasetInfo results) =>
        Workspace.Create(OutputFolder, WorkspaceConfig.For(context.Server, results), context.Host.Time);

    private async Task<JobEnd> ExecuteAsync(
        string program, string[] arguments, IReadOnlyList<Staged> inputs, DatasetId result, CancellationToken ct)
    {
        await using JobToken? step = await JobToken.TryCreateAsync(
            context.Server, [.. inputs.Select(input => input.Dataset.Id).Distinct()], result, context.Host.Time, context.WriteNote, ct);
        Connection own = await context.LogInAsync(context.ServerConnection, ct);
        string?[] tokens = [own.Token, step?.Text];
        string[] secrets = [.. tokens.OfType<string>()];
        using var log = new JobLog(Path.Combine(OutputFolder, LogName), FirstBytesOfLog, LastBytesOfLog, context.Progress.Report);
        using Stream errors = Console.OpenStandardError();
        using Stream output = context.Json ? Console.OpenStandardError() : Console.OpenStandardOutput();
        var process = new JobProcess(
            new JobPrinter(log, output, secrets, context.Progress.Report), new JobPrinter(log, errors, secrets, context.Progress.Report));
        var variables = new Dictionary<string, string?> { [Connection.TokenVariable] = step?.Text };
        if (step is not null)
        {
            variables[Connection.RemoteVariable] = context.Server.Remote.ToString();
        }

        return await process.RunAsync(program, arguments, context.Host.Folder, variables, ct);
    }

    /// <summary>
    /// Pushes the results and reports the end of the run. When the job is stopped there is little time: the end is reported at once, and
    /// the rest of the time is for the results.
    /// </summary>
    private async Task<int> KeepAsync(RunInfo run, Workspace output, JobEnd end, CancellationToken ct)
    {
        bool isDone = end is { ExitCode: 0, WasStopped: false };
        RunOutcome outcome = isDone ? RunOutcome.Done : end.WasStopped ? RunOutcome.Cancelled : RunOutcome.Failed;
        string message = (isDone ? "Results of run " : "Partial results of run ") + $"{run.Id}: {end.Message}";
        using var limit = new CancellationTokenSource();
        using var push = new PushEngine(context.Server, output, message, context.Progress);
        Task<PushOutcome> pushing = push.RunAsync(limit.Token);
        try
        {
            await ((Task)pushing).WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bool isHurried = !pushing.IsCompleted;
            if (isHurried)
            {
                limit.CancelAfter(TimeToPush);
            }
            else
            {
                await pushing;
            }

            string words = end.Message + (isHurried && !end.WasStopped ? "; stopped while its results were being sent" : "");
            Task<RunInfo> finishing = FinishAsync(run, new FinishRun { State = outcome, Message = words }, limit.Token);
            await Task.WhenAll(finishing, pushing);
            return Report(await finishing, output, await pushing, end);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && !pushing.IsCompletedSuccessfully)
        {
            context.WriteNote($"The results stay in {OutputFolder}: `hutch push` there sends them. {e.Message}");
            await FinishUnsentAsync(run, end);
            throw;
        }
    }

    // The server may be away, which is why the results could not be sent.
    private async Task FinishUnsentAsync(RunInfo run, JobEnd end)
    {
        try
        {
            await FinishAsync(
                run, new FinishRun { State = RunOutcome.Failed, Message = $"{end.Message}; the results could not be sent" }, default);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException)
        {
            context.WriteNote($"The server still shows the run as running; end it with `hutch runs stop {run.Id}`.");
        }
    }

    private int Report(RunInfo ended, Workspace output, PushOutcome pushed, JobEnd end)
    {
        context.Progress.Dispose();
        context.Print(ended, HutchJson.Default.RunInfo, Describe(ended, output, pushed, end));
        UnstorableFiles.Report(context, pushed.Unstorable);
        return end.ExitCode != 0 ? end.ExitCode
            : end.WasStopped ? ExitCode.Interrupted
            : UnstorableFiles.ExitCodeOf(pushed);
    }

    private Task<RunInfo> FinishAsync(RunInfo run, FinishRun end, CancellationToken ct) => context.Server.FinishRunAsync(run.Id, end, ct);

    private static string Describe(RunInfo run, Workspace output, PushOutcome pushed, JobEnd end)
    {
        string state = end.WasStopped ? $"was stopped ({end.Message})"
            : end.ExitCode != 0 ? $"failed with {end.Message}"
            : "is done";
        string results = pushed.Snapshot is not { } snapshot
            ? $"{output.Config.Name}{(output.BaseSnapshot is { } before ? $"@{before}" : "")}, unchanged"
            : $"{output.Config.Name}@{snapshot.Number} ({Human.Count(snapshot.Files, "file")}, {Display.Bytes(snapshot.Bytes)}; "
                + $"uploaded: {Human.Count(pushed.UploadedFiles, "file")}, {Display.Bytes(pushed.UploadedBytes)})";
        return $"Run {run.Id} {state}. {(end.ExitCode == 0 ? "Results" : "Partial results")}: {results}.";
    }

    private async Task<int> RunPartAsync(
        string part, IReadOnlyList<Staged> inputs, IReadOnlyDictionary<string, string> environment, string program, string[] arguments,
        CancellationToken ct)
    {
        DatasetInfo results = await FindOrMakeOutputAsync(inputs, ct);
        RunInfo run = await context.Server.StartRunAsync(ToStart(inputs, environment, program, results.Id), ct);
        var claim = Guid.NewGuid();
        await context.Server.BeginPartAsync(run.Id, new BeginPart { Part = part, Claim = claim }, ct);
        SmallFile.DeleteTree(OutputFolder); // of an earlier try
        using Workspace output = MakeWorkspace(results);
        context.AfterInterrupt = $"The files so far stay in {OutputFolder}; the same command computes the part again.";
        JobEnd end = await ExecuteAsync(program, arguments, inputs, results.Id, ct);
        if (end.ExitCode != 0 || end.WasStopped)
        {
            return await FailPartAsync(run, new FailPart { Part = part, Claim = claim, Message = end.Message }, end);
        }

        try
        {
            using var push = new PushEngine(context.Server, output, null, context.Progress)
            {
                Part = new PartCommit { Run = Guid.Parse(run.Id), Part = part, Claim = claim, Message = end.Message },
            };
            PushOutcome pushed = await push.RunAsync(ct);
            context.Progress.Dispose();
            context.Print(
                pushed.Part!, HutchJson.Default.PartInfo,
                $"Part {Display.Name(part)} of run {run.Id} is done: {Human.Count(pushed.Part!.Files, "file")}, "
                + $"{Display.Bytes(pushed.Part.Bytes)} in {results.Name}.");
            return UnstorableFiles.ExitCodeOf(pushed);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException or OperationCanceledException)
        {
            await FailPartAsync(
                run, new FailPart { Part = part, Claim = claim, Message = $"{end.Message}; the results could not be sent" }, end);
            throw;
        }
    }

    /// <summary>Reports the end of a part without results, if the server can be reached.</summary>
    private async Task<int> FailPartAsync(RunInfo run, FailPart failed, JobEnd end)
    {
        using var limit = new CancellationTokenSource(TimeToPush, context.Host.Time);
        try
        {
            await context.Server.FailPartAsync(run.Id, failed, limit.Token);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException or OperationCanceledException)
        {
            context.WriteNote($"The server still shows the part as running. {e.Message}");
        }

        context.Progress.Dispose();
        context.WriteNote(
            $"Part {Display.Name(failed.Part)} of run {run.Id} has failed ({failed.Message}). Its files stay in {OutputFolder}.");
        return end.ExitCode != 0 ? end.ExitCode : ExitCode.Interrupted;
    }

    // Checked before anything is staged: other parts may have made the dataset.
    private async Task RequirePartsAsync(CancellationToken ct)
    {
        _ = DatasetRef.Parse(job.Output).Value;
        _ = DatasetPath.Parse(job.Part!).Value;
        if (await FindOutputAsync(ct) is { Closed: not null } closed)
        {
            throw (ErrorCode.DatasetClosed with { Advice = "Choose another name with --output." }).With(
                $"{closed.Name} is closed and takes no further parts.").ToException();
        }
    }

    private async Task<DatasetInfo?> FindOutputAsync(CancellationToken ct)
    {
        try
        {
            DatasetInfo found = await context.Server.ResolveAsync(job.Output, ct);
            return job.Output.Contains('/') || found.Owner == (await context.Server.GetCallerAsync(ct)).User ? found : null;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.NotVisible)
        {
            return null;
        }
    }

    // Many parts may begin at the same time: one of them makes the dataset.
    private async Task<DatasetInfo> FindOrMakeOutputAsync(IReadOnlyList<Staged> inputs, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (await FindOutputAsync(ct) is { } found)
            {
                return found;
            }

            try
            {
                return await context.Server.CreateDatasetAsync(ToOutput(inputs), ct);
            }
            catch (HutchException e) when (attempt < TriesToJoin
                && (e.Error.Code == ErrorCode.AlreadyExists || e.Error.Code == ErrorCode.Conflict))
            {
                await Task.Delay(PauseToJoin, context.Host.Time, ct);
            }
        }
    }

    private sealed record Staged(DatasetInfo Dataset, long Snapshot, string? At, string Folder);
}
