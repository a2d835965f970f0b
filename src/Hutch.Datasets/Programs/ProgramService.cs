using Hutch.Datasets.Analyses;
using Hutch.Datasets.Registry;
using Hutch.Processing;
using Hutch.Programs;
using Hutch.Programs.Documents;
using Hutch.Site.Platform.Locks;

namespace Hutch.Datasets.Programs;

/// <summary>Shows the programs of the site, and starts and retries their runs, after a check of the caller's rights.</summary>
/// <remarks>Everything that can be refused is refused at the start: before anything is staged or computed.</remarks>
public sealed class ProgramService
{
    private const string Title = "{title}";
    private const string InputName = "{input}";
    private const string ProgramName = "{program}";

    private readonly ProgramLibrary _library;
    private readonly Authorizer _authorizer;
    private readonly NameReconciler _reconciler;
    private readonly HeadReader _heads;
    private readonly ProgramFit _fit;
    private readonly StartPreparation _preparation;
    private readonly RunRegistry _runs;
    private readonly RunAttempts _attempts;
    private readonly RunBudgets _budgets;
    private readonly SameResults _same;
    private readonly ProgramQueue _queue;
    private readonly ProgramOptions _options;

    /// <summary>The ids of runs that begin: a site can hand the same start over twice at once.</summary>
    private readonly KeyedLock<Guid> _beginning = new();

    internal ProgramService(
        ProgramLibrary library, Authorizer authorizer, NameReconciler reconciler, HeadReader heads, ProgramFit fit,
        StartPreparation preparation, RunServices runs, SameResults same, ProgramQueue queue, ProgramOptions options)
    {
        (_library, _authorizer, _reconciler, _heads, _fit) = (library, authorizer, reconciler, heads, fit);
        (_preparation, _same, _queue, _options) = (preparation, same, queue, options);
        (_runs, _attempts, _budgets) = (runs.Registry, runs.Attempts, runs.Budgets);
    }

    /// <summary>Lists the programs, with those that the caller may not start.</summary>
    public Result<IReadOnlyList<OfferedProgram>> List(Caller caller) =>
        Authorizer.Authorize(caller, Operation.ProgramList).Then<IReadOnlyList<OfferedProgram>>(
            _ => _library.Programs.Select(program => Offer(caller, program)).ToArray());

    /// <summary>Lists the programs with the reason why each does not fit a dataset for the caller.</summary>
    public async Task<Result<IReadOnlyList<OfferedProgram>>> ListForAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        if (!List(caller).TryGet(out IReadOnlyList<OfferedProgram>? all, out HutchError? refusal)
            || !(await _authorizer.AuthorizeAsync(caller, id, Operation.DatasetView, ct)).TryGet(out Access access, out refusal))
        {
            return refusal;
        }

        if (await RightToDerive.FindLackingAsync(_authorizer, caller, id, ct) is { } lacking)
        {
            return all.Select(offered => offered with { Misfit = lacking.Message }).ToArray();
        }

        if (!(await _heads.ResolveAsync(id, null, ct)).TryGet(out TreeView? view, out refusal))
        {
            // Another site may have it.
            return all.Select(offered => offered with { Misfit = offered.Program.Site is null ? refusal.Message : null }).ToArray();
        }

        string name = access.Dataset.FullName;
        IReadOnlyDictionary<string, HutchError> without = await _fit.FindWithoutFilesAsync(
            [.. all.Select(static offered => offered.Program)], view, name, ct);
        var listed = new List<OfferedProgram>();
        foreach (OfferedProgram offered in all)
        {
            // Engines and resources of other sites are not known here.
            bool isOfSite = offered.Program.Site is null;
            HutchError? misfit = FindForbidden(offered) ?? (isOfSite ? _options.FindLacking(offered.Program) : null)
                ?? _fit.FindMisfit(offered.Program, view.Dataset, name) ?? without.GetValueOrDefault(offered.Program.Name)
                ?? (isOfSite ? await _queue.FindProblemAsync(offered.Program.Engine, ct) : null);
            listed.Add(offered with { Misfit = misfit?.Message });
        }

        return listed;
    }

    public Result<OfferedProgram> Find(Caller caller, string name) =>
        Authorizer.Authorize(caller, Operation.ProgramList)
            .Then<ProgramDocument>(_ => _library.Find(name))
            .Then<OfferedProgram>(program => Offer(caller, program));

    /// <summary>
    /// Starts a run of a program on a version of a dataset. Makes the dataset for its results in the same commit. Returns when the run is
    /// durable; an engine executes it later.
    /// </summary>
    public Task<Result<VisibleRun>> StartAsync(Caller caller, string name, ProgramStart wanted, CancellationToken ct) =>
        StartAsync(caller, caller, name, wanted, ct);

    /// <param name="maker">The same account, with a token with which it can make datasets here.</param>
    internal async Task<Result<VisibleRun>> StartAsync(
        Caller caller, Caller maker, string name, ProgramStart wanted, CancellationToken ct)
    {
        if (!FindOffered(caller, name).TryGet(out ProgramDocument? program, out HutchError? refusal)
            || (refusal = _options.FindLacking(program)) is not null
            || !(await PrepareAsync(caller, program, wanted, ct)).TryGet(out PreparedStart? start, out refusal))
        {
            return refusal;
        }

        ProgramInput input = start.Input;
        SameResult? same = await FindSameAsync(caller, start.Run, ct);
        if (same is not null && wanted.IfSame != IfSame.Start)
        {
            return wanted.IfSame == IfSame.Reuse ? same.Visible! : ToRefusal(program, same);
        }

        if (await FindDelayAsync(caller, program.Engine, ct) is { } delay)
        {
            return delay;
        }

        Result<VisibleRun> started = await BeginAsync(
            maker, start.Run, name => ToOutput(caller, program, input, name, wanted.Title),
            new OutputName(start.Output, UsualName(program, input), "-" + program.Name), ct);
        return started.Then<VisibleRun>(queued => queued with { Same = same });
    }

    /// <summary>Returns the program if the caller may start it.</summary>
    internal Result<ProgramDocument> FindOffered(Caller caller, string name) => Find(caller, name).Then<ProgramDocument>(
        static offered => FindForbidden(offered) is { } forbidden ? forbidden : offered.Program);

    /// <summary>Returns the reason why this server could not start a run of a program at the moment; null if it could.</summary>
    internal async ValueTask<HutchError?> FindUnableAsync(Caller caller, ProgramDocument program, CancellationToken ct) =>
        _options.FindLacking(program) ?? await FindDelayAsync(caller, program.Engine, ct);

    /// <inheritdoc cref="StartPreparation.PrepareAsync"/>
    internal Task<Result<PreparedStart>> PrepareAsync(
        Caller caller, ProgramDocument program, ProgramStart wanted, CancellationToken ct) =>
        _preparation.PrepareAsync(caller, program, wanted, wanted.Handed?.Run ?? _runs.NewId(), ct);

    /// <summary>Returns a failed or cancelled run to the queue, for the account that started it.</summary>
    public async Task<Result<VisibleRun>> RetryAsync(Caller caller, Guid id, CancellationToken ct)
    {
        if (!Authorizer.Authorize(caller, Operation.RunStopOwn).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        SiteRun? run = await _attempts.FindAsync(id, ct);
        if (run is null || !caller.IsUser || run.Description.User != caller.Name)
        {
            return ErrorCode.NotFound.With($"There is no run {id:N} that you started.");
        }

        // One that has ended waits once more, in addition to those that wait.
        if (run is { Finished: not null, Description.Task: { } task } && (FindUnavailable(run.Description.Program)
            ?? await FindTooManyAsync(caller, ct)
            ?? (task.Payer is { } payer ? await _budgets.FindRefusalAsync(payer, task, mayWait: false, ct) : null)) is { } refused)
        {
            return refused;
        }

        Result<SiteRun> retried = await _attempts.RetryAsync(id, caller.Name, ct);
        _queue.Wake();
        return retried.Then<VisibleRun>(static queued => new VisibleRun(queued, IsWhole: true, IsMember: true));
    }

    /// <summary>Says which programs are left out, and why.</summary>
    public IEnumerable<SiteWarning> Warnings() => _library.Problems.Take(20).Select(static problem => new SiteWarning(
        "program-left-out",
        $"A program of this site is left out: {problem}",
        "Correct the file in the folder 'programs.folder', and check it with `hutch program check FILE`; it is read again in seconds."));

    /// <summary>Returns the reason why an account may not start a program on a dataset; null if it may.</summary>
    internal async ValueTask<HutchError?> FindLackingAsync(Caller caller, string name, DatasetId dataset, CancellationToken ct) =>
        Find(caller, name).TryGet(out OfferedProgram? offered, out HutchError? refusal)
            ? FindForbidden(offered) ?? await RightToDerive.FindLackingAsync(_authorizer, caller, dataset, ct)
            : refusal;

    /// <summary>
    /// Returns the refusal of a run that would wait for ever: its program takes more of a counted resource than the site has. The document
    /// of today counts, as it does in the queue.
    /// </summary>
    internal HutchError? FindUnavailable(string name) =>
        _library.Find(name).TryGet(out ProgramDocument? today, out _) ? _options.FindLacking(today) : null;

    internal static OfferedProgram Offer(Caller caller, ProgramDocument program) => new(
        program,
        caller.IsUser && (program.Groups.Count == 0 || caller.Groups.Any(group => program.Groups.Contains(group.GroupName))));

    internal static HutchError? FindForbidden(OfferedProgram offered) => offered.MayStart
        ? null
        : (ErrorCode.Forbidden with { Advice = "Ask a manager of one of these groups to add you." }).With(
            offered.Program.Groups.Count == 0 ? $"Only people with an account may start the program '{offered.Program.Name}'."
                : $"Only members of {string.Join(" and ", offered.Program.Groups)} may start the program '{offered.Program.Name}'.");

    /// <summary>
    /// Returns a refusal for a version that is not the newest one of a dataset: a program with a command for each file follows its input.
    /// </summary>
    internal static HutchError? FindOlder(TreeView view) => view.Snapshot is { } asked && view.Dataset.Snapshot is { } newest
        && asked.Number != newest
        ? ErrorCode.Unprocessable.With(
            $"A program with a command for each file reads the newest version of '{view.Dataset.Owner}/{view.Dataset.Slug}', which is "
            + $"{newest}, not {asked.Number}.")
        : null;

    /// <summary>Returns the reason why no run may begin to wait at the moment; null if one may.</summary>
    internal async ValueTask<HutchError?> FindDelayAsync(Caller caller, string engine, CancellationToken ct) =>
        await FindTooManyAsync(caller, ct) ?? await _queue.FindProblemAsync(engine, ct);

    /// <summary>Returns a result of the same work; for a start by a rule, only one of the owner that the new results would have.</summary>
    private async ValueTask<SameResult?> FindSameAsync(Caller caller, NewRun run, CancellationToken ct)
    {
        string? owner = run.Description.Trigger is null ? null
            : (await _reconciler.FindResultOwnerAsync(caller, DataOf(run), ct))?.Value ?? caller.Name;
        return await _same.FindAsync(caller, run, owner, ct);
    }

    private static HutchError ToRefusal(ProgramDocument program, SameResult same) => new(
        ErrorCode.AlreadyExists with
        {
            Title = "The same result exists",
            Advice = "Use this result, or compute it again: `--again`, or \"ifSame\": \"start\" in REST.",
        },
        $"The program '{program.Name}' has computed the same before, on the same versions with the same parameters: {same}.",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["run"] = same.Run.ToString("N"),
            ["dataset"] = same.Dataset.ToString(),
            ["snapshot"] = same.Snapshot.ToString(CultureInfo.InvariantCulture),
        });

    private async ValueTask<HutchError?> FindTooManyAsync(Caller caller, CancellationToken ct)
    {
        long all = await _attempts.CountWaitingAsync(null, ct);
        if (all >= _options.MaxWaiting)
        {
            return ErrorCode.Unavailable.With(
                $"{all} runs of programs wait at this site, the maximum (programs.maxWaiting). Try again when some have started.");
        }

        long own = await _attempts.CountWaitingAsync(caller.Name, ct);
        return own < _options.MaxWaitingPerAccount ? null : ErrorCode.Unavailable.With(
            $"{own} of your runs wait, the maximum (programs.maxWaitingPerAccount). Try again when some have started.");
    }

    internal Guid NewId() => _runs.NewId();

    /// <summary>Reserves a name, and starts a run with a new dataset for its results. It waits for an engine.</summary>
    /// <returns>The run; that of the same id if one exists, for which no name is reserved.</returns>
    internal async Task<Result<VisibleRun>> BeginAsync(
        Caller caller, NewRun run, Func<NameRecord, NewDataset> output, OutputName wanted, CancellationToken ct)
    {
        using IDisposable only = await _beginning.EnterAsync(run.Id, ct);
        if (await _attempts.FindAsync(run.Id, ct) is { } known)
        {
            return new VisibleRun(known, IsWhole: true, IsMember: true);
        }

        // What a restore computes must last as long as the dataset that it restores.
        bool lasts = run.Description.Repeats?.Restores == true;
        var results = new DatasetId(_runs.NewId());
        using IDisposable making = _reconciler.Begin(results);
        AccountName? owner = await _reconciler.FindResultOwnerAsync(caller, DataOf(run), ct);
        RunTask task = run.Description.Task! with { Payer = owner?.Value ?? caller.Name };

        // No person is there to try a start by a rule again: it waits for its budget.
        if (await _budgets.FindRefusalAsync(task.Payer, task, mayWait: run.Description.Trigger is not null, ct) is { } usedUp)
        {
            return usedUp;
        }

        Result<NameRecord> name = wanted.Chosen is { } chosen
            ? await _reconciler.ReserveAsync(caller, results, isNewId: true, owner, chosen, ct)
            : await _reconciler.ReserveNumberedAsync(caller, results, owner, wanted.Usual, wanted.Suffix, ct);
        if (!name.IsOk)
        {
            return name.Error;
        }

        NewDataset made = output(name.Value) with
        {
            TransientDays = lasts ? null : await _reconciler.FindKeepDaysAsync(name.Value.Owner, ct),
        };
        Result<SiteRun> started = await _runs.StartAsync(
            run with { Description = run.Description with { Task = task }, Output = made }, ct);
        bool isUnused = started.IsOk ? !started.Value.Outputs.Contains(results) : started.Error.Code != ErrorCode.OutcomeUnknown;
        if (isUnused)
        {
            await _reconciler.ReleaseAsync(caller, results, "the run was not started", CancellationToken.None);
        }

        _queue.Wake();
        return started.Then<VisibleRun>(static queued => new VisibleRun(queued, IsWhole: true, IsMember: true));
    }

    /// <summary>Returns the inputs without the image: whose program it is has no effect on the owner of its results.</summary>
    private static IEnumerable<DatasetId> DataOf(NewRun run) => run.Inputs
        .Where((_, index) => run.Description.Task!.NameOf(index) != RunTask.Image)
        .Select(static input => input.Dataset);

    internal static RunTask ToTask(ProgramDocument program, IReadOnlyList<string> words, IReadOnlyList<string> names) =>
        new(program.Digest, program.Source, words, program.Engine, program.Limits)
        {
            Files = program.Accepts.Files,
            Mounts = program.Mounts ? true : null,
            Closes = program.Output.Close ? true : null,
            Names = names.Count > 0 ? names : null,
            Requires = program.Requires,
            Arguments = program.Arguments.Count > 0 ? program.Arguments : null,
            Each = program.Each,
            Parallel = program.Parallel,
            NodeSeconds = program.NodeSeconds,
            Attempts = program.Attempts,
            Retry = program.Retry,
        };

    private static NewDataset ToOutput(Caller caller, ProgramDocument program, ProgramInput input, NameRecord name, string? title) => new()
    {
        Id = name.Dataset,
        Owner = name.Owner.Name,
        Slug = name.Slug,
        Title = title ?? Fill(
            program.Output.Title ?? $"{program.Title}: {Title}", program, input, input.Dataset.Title ?? input.Access.Dataset.FullName),
        Type = program.Output.Type,
        By = caller.Name,
        Parents =
        [
            .. input.Versions.Select(static version =>
                new ParentVersion(version.Dataset, SnapshotRef.OfNumber(checked((int)version.Snapshot!.Value)))),
        ],
        FollowsOpenParents = true,
    };

    internal static Result<Slug?> NameOf(string? wanted) =>
        wanted is { } chosen ? Slug.Parse(chosen).Then<Slug?>(static slug => slug) : (Slug?)null;

    private static string UsualName(ProgramDocument program, ProgramInput input) =>
        Fill(program.Output.Name ?? $"{InputName}-{ProgramName}", program, input, input.Dataset.Slug);

    private static string Fill(string text, ProgramDocument program, ProgramInput input, string title) => text
        .Replace(ProgramName, program.Name, StringComparison.Ordinal)
        .Replace(InputName, input.Dataset.Slug, StringComparison.Ordinal)
        .Replace(Title, title, StringComparison.Ordinal);

    /// <param name="Output">The name of the results that a person chose; null for the usual one.</param>
    internal sealed record PreparedStart(NewRun Run, ProgramInput Input, Slug? Output);

    internal sealed record ProgramInput(Access Access, SiteDataset Dataset, VersionReference Version)
    {
        public IReadOnlyList<ChosenInput> Further { get; init; } = [];

        public IReadOnlyList<VersionReference> Versions => [Version, .. Further.Select(static one => one.Version)];
    }
}

/// <param name="MayStart">True if its groups allow the caller to start it.</param>
public sealed record OfferedProgram(ProgramDocument Program, bool MayStart)
{
    /// <summary>The reason why it does not fit the dataset for which it was listed; null if it does.</summary>
    public string? Misfit { get; init; }

    /// <summary>The reason why a start by its rule waits on the dataset for which it was listed; null for none.</summary>
    public string? Waits { get; init; }
}

/// <summary>A start of a program, as a user wants it.</summary>
public sealed record ProgramStart(ProgramStartInput Input, IReadOnlyDictionary<string, JsonElement> Parameters)
{
    /// <summary>The name of the results; null for that of the program's document.</summary>
    public string? Output { get; init; }

    /// <summary>The title of the results; null for that of the program's document.</summary>
    public string? Title { get; init; }

    /// <summary>Datasets for further inputs, by their names; the program's rule chooses the others.</summary>
    public IReadOnlyDictionary<string, DatasetId> Inputs { get; init; } = new Dictionary<string, DatasetId>();

    /// <summary>The rule that starts it; null for a person.</summary>
    public RunTrigger? Trigger { get; init; }

    /// <summary>Policy if the same result exists.</summary>
    public IfSame IfSame { get; init; }

    /// <summary>The name of the site where it is to run, or <c>auto</c>; null for what the program's document says.</summary>
    public string? Site { get; init; }

    /// <summary>Description by the site that hands it over; null for a start that was requested here.</summary>
    public HandedStart? Handed { get; init; }
}

/// <param name="Chosen">The name that a person chose; null for the usual one.</param>
/// <param name="Suffix">The end of the usual name that stays when it is shortened.</param>
internal sealed record OutputName(Slug? Chosen, string Usual, string Suffix);

/// <param name="At">The version; null for the newest.</param>
public sealed record ProgramStartInput(DatasetId Dataset, SnapshotRef? At);
