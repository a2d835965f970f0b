using System.Buffers;
using System.Text;
using Hutch.Datasets.Registry;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Recipes;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Analyses;

/// <summary>Starts analyses, after a check of the caller's rights.</summary>
public sealed class AnalysisService
{
    private static readonly DatasetPath HeaderPath = DatasetPath.Parse(FrameName.Header).Value;

    private readonly Authorizer _authorizer;
    private readonly NameReconciler _reconciler;
    private readonly HeadReader _heads;
    private readonly InputFixer _fixer;
    private readonly RunRegistry _runs;
    private readonly StepOffer _offer;
    private readonly RecipeQueues _queues;
    private readonly CallbackAddresses _callbacks;

    internal AnalysisService(
        Authorizer authorizer,
        NameReconciler reconciler,
        HeadReader heads,
        HeadCompactor compactor,
        RunRegistry runs,
        StepOffer offer,
        RecipeQueues queues,
        CallbackAddresses callbacks)
    {
        (_authorizer, _reconciler, _heads, _runs) = (authorizer, reconciler, heads, runs);
        _fixer = new InputFixer(authorizer, heads, compactor);
        (_offer, _queues, _callbacks) = (offer, queues, callbacks);
    }

    /// <summary>
    /// Lists the steps that a caller can start, the default first: those of the server, and for accounts those of workers of a namespace.
    /// </summary>
    public Result<IReadOnlyList<StepDeclaration>> ListSteps(Caller caller, string? ns)
    {
        return caller.User is null ? Result<IReadOnlyList<StepDeclaration>>.Ok(_offer.Own.Steps)
            : WorkerNamespace.Parse(ns ?? WorkerNamespace.Default)
                .Then(name => Result<IReadOnlyList<StepDeclaration>>.Ok(_offer.In(name).Steps));
    }

    /// <summary>
    /// Starts the analysis of every frame of a dataset: of its newest version (the head is fixed first), or, when it is to follow an
    /// open one, of all that is there and comes until it is closed. Makes the dataset that keeps the results. Returns when the run is
    /// durable; a worker carries it out. A run of the same work whose results the caller may read is given instead of a new one, unless
    /// the caller wants it <see cref="AnalysisRequest.Again"/>.
    /// </summary>
    public async Task<Result<StartedAnalysis>> StartAsync(Caller caller, DatasetId id, AnalysisRequest wanted, CancellationToken ct)
    {
        Result<Access> access = await AuthorizeAsync(caller, id, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        if (!WorkerNamespace.Parse(wanted.Namespace ?? WorkerNamespace.Default).TryGet(out string? ns, out HutchError? refusal))
        {
            return refusal;
        }

        StepCatalog steps = _offer.In(ns);
        EarlierRun? earlier = null;
        if (wanted.MissingFrom is not null)
        {
            Result<EarlierRun> found = await EarlierAsync(caller, access.Value, wanted, ct);
            Result<AnalysisRequest> completed = found.Then(run => run.Complete(wanted, steps));
            if (!completed.IsOk)
            {
                return completed.Error;
            }

            (earlier, wanted) = (found.Value, completed.Value);
        }

        refusal = wanted.Callback is { } callback ? _callbacks.Find(callback).Error : null;
        if (refusal is not null
            || !_offer.Allow(wanted.Step, steps).TryGet(out _, out refusal)
            || !AnalysisPlan.Read(wanted, access.Value.Dataset, steps, _queues).TryGet(out AnalysisPlan? plan, out refusal)
            || !PolicyOf(wanted, plan).TryGet(out LagPolicy policy, out refusal)
            || !(await _heads.DatasetAsync(id, ct)).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? dataset, out refusal))
        {
            return refusal;
        }

        // A closed dataset gets no more frames.
        var analysis = new Analysis(plan, ReferenceEquals(plan.Step, steps.Steps[0]), wanted.Follow && dataset.Closed is null)
        {
            Namespace = ns == WorkerNamespace.Default ? null : ns,
            Callback = wanted.Callback,
            WhenBehind = policy,
            MissingFrom = earlier?.Run.Id,
            IsForeign = !_offer.Own.Steps.Contains(plan.Step),
        };
        Result<Input> input = analysis.Follow ? await FollowedAsync(access.Value, ct) : await FixedAsync(caller, access.Value, earlier, ct);
        return input.IsOk
            ? await FindOrStartAsync(caller, new AnalysisWork(caller, access.Value, input.Value, analysis, wanted.Output), wanted.Again, ct)
            : input.Error;
    }

    private async Task<Result<Access>> AuthorizeAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> read = await _authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, ct);
        return read.IsOk ? await _authorizer.AuthorizeAsync(caller, id, Operation.DatasetDerive, ct) : read.Error;
    }

    private async Task<Result<EarlierRun>> EarlierAsync(Caller caller, Access dataset, AnalysisRequest wanted, CancellationToken ct) =>
        wanted.Follow ? ErrorCode.BadRequest.With(
            "'missingFrom' is for the frames that are there, 'follow' for those that come: leave one of them out.")
        : !Guid.TryParse(wanted.MissingFrom, out Guid run) ? ErrorCode.InvalidName.With(
            $"{Display.Quote(wanted.MissingFrom!)} is not a run id, which has 32 hex digits.")
        : await EarlierRun.FindAsync(_runs, _heads, _authorizer, caller, dataset, run, ct);

    /// <summary>Returns the policy when frames come too fast; only frames that are still coming can.</summary>
    private static Result<LagPolicy> PolicyOf(AnalysisRequest wanted, AnalysisPlan plan) =>
        wanted.WhenBehind is { } text
            ? LagPolicy.Parse(text).Then<LagPolicy>(policy => policy.MaySkip && !wanted.Follow
                ? ErrorCode.BadRequest.With(
                    $"'whenBehind' is '{policy}', but nothing is followed: frames that are stored wait, and each of them is analysed. "
                    + "Give 'follow' too, or leave it out.")
                : policy)
            : wanted.Follow ? plan.WhenBehind : LagPolicy.All;

    private async Task<Result<Input>> FollowedAsync(Access dataset, CancellationToken ct)
    {
        Result<TreeView> head = await _heads.ResolveAsync(dataset.Dataset.Dataset, null, ct);
        if (!head.IsOk)
        {
            return head.Error;
        }

        long frames = await FrameListing.CountAsync(_heads, head.Value, null, ct);
        return frames > 0 || await MayGetFramesAsync(head.Value, ct)
            ? new Input(null, null, frames)
            : ErrorCode.Unprocessable.With(
                $"'{dataset.Dataset.FullName}' has other files, but no frames, and no entry '{HeaderPath}' that announces them: "
                + "an analysis would wait for ever.");
    }

    /// <summary>Returns true for a head that is empty, or has the description of frames that come.</summary>
    private async Task<bool> MayGetFramesAsync(TreeView head, CancellationToken ct) =>
        (await _heads.ListAsync(head, new ListQuery { Limit = 1 }, ct)).Items.Count == 0
        || await _heads.FindAsync(head, HeaderPath, ct) is { Kind: EntryKind.File };

    private async Task<Result<Input>> FixedAsync(Caller caller, Access dataset, EarlierRun? earlier, CancellationToken ct)
    {
        Result<TreeView?> fixedView = await _fixer.FixAsync(caller, dataset.Dataset.Dataset, null, "Read by an analysis", ct);
        Result<TreeView> view = !fixedView.IsOk ? fixedView.Error : fixedView.Value is { } known ? known : NoFrames(dataset);
        if (!view.IsOk)
        {
            return view.Error;
        }

        long frames = await FrameListing.CountAsync(_heads, view.Value, earlier?.Rows, ct);
        if (frames == 0)
        {
            return earlier is null ? NoFrames(dataset) : ErrorCode.Unprocessable.With(
                $"Every frame of '{dataset.Dataset.FullName}' has a result in run {earlier.Run.Id:N}: none is missing.");
        }

        return await _heads.FindAsync(view.Value, HeaderPath, ct) is { Kind: EntryKind.File }
            ? new Input(view.Value.Snapshot!.Number, view.Value.Root.Page, frames)
            : ErrorCode.Unprocessable.With(
                $"'{dataset.Dataset.FullName}' has no entry '{HeaderPath}', which describes its frames. "
                + "Add it, as `hutch ingest` does.");
    }

    private async Task<Result<StartedAnalysis>> FindOrStartAsync(Caller caller, AnalysisWork analysisWork, bool again, CancellationToken ct)
    {
        // The runs that were examined and cannot be used for this caller. The commit begins the run only if there is no other.
        HashSet<Guid>? known = again ? null : [];
        while (true)
        {
            if (known is not null && await FindAsync(caller, analysisWork, known, ct) is { } found)
            {
                return found;
            }

            Result<StartedAnalysis?> started = await StartAsync(caller, analysisWork, known, ct);
            if (!started.IsOk)
            {
                return started.Error;
            }

            if (started.Value is { } run)
            {
                return run;
            }
        }
    }

    /// <summary>
    /// The newest run of the same work whose results are there, are the caller's to read, and have the name that is asked for.
    /// </summary>
    private async Task<StartedAnalysis?> FindAsync(Caller caller, AnalysisWork analysisWork, HashSet<Guid> known, CancellationToken ct)
    {
        foreach (SiteRun run in await _runs.OfSameWorkAsync(analysisWork.Description, analysisWork.Reference, ct))
        {
            known.Add(run.Id);
            if (run.Outputs is [var id]
                && (await _heads.DatasetAsync(id, ct)).Then(DatasetState.RequirePresent).IsOk
                && (await _authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, ct)).TryGet(out Access results, out _)
                && (analysisWork.Output is null || IsNamed(caller, results.Dataset, analysisWork.Output)))
            {
                return analysisWork.ToStarted(run.Id, results.Dataset, isNew: false);
            }
        }

        return null;
    }

    /// <summary>Starts the run; null when one of the same work has begun that is not among the known.</summary>
    private async Task<Result<StartedAnalysis?>> StartAsync(
        Caller caller, AnalysisWork analysisWork, HashSet<Guid>? known, CancellationToken ct)
    {
        var id = new DatasetId(_runs.NewId());
        using IDisposable making = _reconciler.Begin(id);
        AccountName? owner = await _reconciler.FindResultOwnerAsync(caller, [analysisWork.Dataset.Dataset.Dataset], ct);
        Result<NameRecord> name = analysisWork.Output is null
            ? await _reconciler.ReserveNumberedAsync(
                caller, id, owner, $"{analysisWork.Dataset.Dataset.Slug}-{analysisWork.Analysis.Step.OutputSuffix}",
                "-" + analysisWork.Analysis.Step.OutputSuffix, ct)
            : await ReserveAsync(caller, id, owner, Slug.Parse(analysisWork.Output), ct);
        if (!name.IsOk)
        {
            return name.Error;
        }

        int? keepDays = await _reconciler.FindKeepDaysAsync(name.Value.Owner, ct);
        NewRun run = analysisWork.ToRun(_runs.NewId(), id, name.Value, known, keepDays);
        Result<SiteRun> started = await _runs.StartAsync(run, ct);
        if (started.IsOk && started.Value.Id == run.Id)
        {
            return analysisWork.ToStarted(run.Id, name.Value, isNew: true);
        }

        if (started.IsOk || started.Error.Code != ErrorCode.OutcomeUnknown)
        {
            await _reconciler.ReleaseAsync(caller, id, "the analysis was not started", CancellationToken.None);
        }

        return started.IsOk ? (StartedAnalysis?)null : started.Error;
    }

    private async Task<Result<NameRecord>> ReserveAsync(
        Caller caller, DatasetId id, AccountName? owner, Result<Slug> slug, CancellationToken ct) =>
        slug.IsOk ? await _reconciler.ReconcileAsync(caller, id, isNewId: true, owner, slug.Value, ct) : slug.Error;

    /// <summary>Returns true for the results of this name that are the caller's, or of one of its visits.</summary>
    private static bool IsNamed(Caller caller, NameRecord results, string output) =>
        results.Slug == output && (results.Owner.Id == caller.UserId || caller.IsMemberOf(results.Owner.Id));

    private static HutchError NoFrames(Access dataset) => ErrorCode.Unprocessable.With(
        $"There are no frames in '{dataset.Dataset.FullName}': frames are named {FrameName.For(1)}, {FrameName.For(2)} and so on. "
        + "Ingest some, or follow the dataset.");

    private sealed record Input(long? Snapshot, BlobHash? Root, long Frames);

    /// <summary>The work of a run. Equal descriptions, apart from target and caller, give the same rows.</summary>
    private sealed class AnalysisWork(Caller caller, Access dataset, Input version, Analysis analysis, string? output)
    {
        private readonly string _source =
            version.Snapshot is long number ? $"{dataset.Dataset.FullName}@{number}" : dataset.Dataset.FullName;

        public Access Dataset => dataset;

        public Analysis Analysis => analysis;

        /// <summary>The name for the results; null for any.</summary>
        public string? Output => output;

        public VersionReference Reference { get; } = new(dataset.Dataset.Dataset, version.Snapshot, version.Root);

        public RunDescription Description => field ??= new RunDescription(
            analysis.Step.Program,
            analysis.Step.Version,
            analysis.ToCommand(_source),
            analysis.ToJson(),
            RunEnvironment.Capture(),
            caller.Name,
            caller.CredentialId,
            analysis.Namespace)
        {
            Step = analysis.IsForeign ? analysis.Step : null,
        };

        public NewRun ToRun(Guid id, DatasetId results, NameRecord name, IReadOnlySet<Guid>? known, int? keepDays) => new()
        {
            Id = id,
            Description = Description,
            Inputs = [Reference],
            Known = known,
            Output = new NewDataset
            {
                Id = results,
                Owner = name.Owner.Name,
                Slug = name.Slug,
                Title = $"{analysis.Step.OutputTitle} of {_source}",
                Type = analysis.Step.OutputType,
                By = caller.Name,
                Parents = [new ParentVersion(Reference.Dataset, null)],
                FollowsOpenParents = true,
                TransientDays = keepDays,
            },
        };

        public StartedAnalysis ToStarted(Guid run, NameRecord name, bool isNew) =>
            new(run, analysis.Step, name, version.Snapshot, version.Frames) { IsNew = isNew };
    }

    private sealed record Analysis(AnalysisPlan Plan, bool IsDefault, bool Follow)
    {
        public StepDeclaration Step => Plan.Step;

        /// <summary>True if the step is that of a worker.</summary>
        public bool IsForeign { get; init; }

        /// <summary>The workers that carry it out; null for those of the default namespace.</summary>
        public string? Namespace { get; init; }

        /// <summary>The address to which the rows are sent; null for none.</summary>
        public string? Callback { get; init; }

        /// <summary>
        /// The policy when frames come faster than they are analysed; a run that follows nothing has all frames from the start.
        /// </summary>
        public LagPolicy WhenBehind { get; init; }

        /// <summary>The run in which its frames have no row; null for all frames.</summary>
        public Guid? MissingFrom { get; init; }

        public string ToCommand(string dataset)
        {
            string verb = Plan.Recipe is null && MissingFrom is null ? "analyse" : "submit";
            var command = new StringBuilder($"hutch {verb} {dataset}");
            return (Plan.Recipe is null ? AddStep(command) : command.Append(" --recipe FILE"))
                .Append(Follow ? " --follow" : "")
                .Append(AnalysesAll ? "" : $" --when-behind {WhenBehind}")
                .Append(MissingFrom is Guid earlier ? $" --missing-from {earlier:N}" : "")
                .Append(Namespace is null ? "" : " --namespace " + Namespace)
                .Append(Callback is null ? "" : " --callback " + Word(Callback))
                .ToString();
        }

        private bool AnalysesAll => !Follow || !WhenBehind.MaySkip;

        private StringBuilder AddStep(StringBuilder command)
        {
            if (!IsDefault)
            {
                command.Append(" --step ").Append(Step.Name);
            }

            // Parameters of the default step have options of their own.
            foreach ((ParameterDeclaration parameter, JsonElement value) in Plan.Values.Unusual)
            {
                command.Append(IsDefault ? $" {parameter.Option} " : $" --parameter {parameter.Name}=").Append(Word(value));
            }

            return command;
        }

        private static string Word(JsonElement value) =>
            Word(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());

        private static string Word(string text)
        {
            bool isPlain = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "._+-/:,@".Contains(c));
            return isPlain ? text : "'" + text.Replace("'", @"'\''") + "'";
        }

        public JsonElement ToJson()
        {
            var bytes = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                Plan.Values.WriteTo(json);
                json.WriteBoolean("follow"u8, Follow);
                if (Callback is not null)
                {
                    json.WriteString(RunCallback.Parameter, Callback);
                }

                if (!AnalysesAll)
                {
                    json.WriteString(RunSelection.WhenBehind, WhenBehind.ToString());
                }

                if (MissingFrom is Guid earlier)
                {
                    json.WriteString(RunSelection.MissingFrom, earlier.ToString("N"));
                }

                if (Plan.Recipe is { } recipe)
                {
                    json.WritePropertyName(RunRecipe.Parameter);
                    recipe.WriteTo(json);
                }

                json.WriteEndObject();
            }

            return JsonElement.Parse(bytes.WrittenSpan);
        }
    }
}
