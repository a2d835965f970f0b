using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Hutch.Datasets.Registry;
using Hutch.Model.Analyses;
using Hutch.Processing;
using Hutch.Storage;

namespace Hutch.Datasets.Analyses;

/// <summary>
/// Makes datasets of the frames whose rows in a run match a condition, by reference, for callers with the right to derive.
/// </summary>
public sealed class SelectionService
{
    public const string Program = "hutch/select";

    /// <summary>The file that says how the frames were selected.</summary>
    public const string FileName = "selection.json";

    private const long MaxRowBytes = 256 << 20;
    private const int MaxFrames = 1_000_000;

    private readonly Authorizer _authorizer;
    private readonly NameReconciler _reconciler;
    private readonly HeadReader _heads;
    private readonly HeadFiller _filler;
    private readonly BlobStore _blobs;
    private readonly DatasetLifecycle _lifecycle;
    private readonly OperationTracker _operations;
    private readonly RunServices _runs;
    private readonly StepCatalog _steps;

    internal SelectionService(
        Authorizer authorizer, NameReconciler reconciler, HeadReader heads, HeadFiller filler, BlobStore blobs, DatasetLifecycle lifecycle,
        OperationTracker operations, RunServices runs, StepCatalog steps)
    {
        (_authorizer, _reconciler, _heads, _filler, _blobs) = (authorizer, reconciler, heads, filler, blobs);
        (_lifecycle, _operations, _runs, _steps) = (lifecycle, operations, runs, steps);
    }

    /// <summary>
    /// Makes the dataset: header, mask and matching frames of the version that the run read, the rows of these frames, and a file that says
    /// how they were selected. It expires with its source, and is closed if its source is. Durable when it answers.
    /// </summary>
    public async Task<Result<SelectedFrames>> SelectAsync(Caller caller, Guid id, string where, string name, CancellationToken ct)
    {
        if (!(await FindAsync(caller, id, ct)).TryGet(out Source? source, out HutchError? refusal)
            || !Slug.Parse(name).TryGet(out Slug slug, out refusal)
            || !RowCondition.Parse(where, ColumnsOf(source.Run)).TryGet(out RowCondition? condition, out refusal)
            || !(await ReadRowsAsync(source, condition, ct)).TryGet(out Rows? rows, out refusal))
        {
            return refusal;
        }

        // During this operation, the blobs that are found are not collected.
        using IDisposable operation = _operations.Begin();
        Result<List<TreeChange>> entries = await ReadEntriesAsync(source, rows.Frames, ct);
        return entries.IsOk ? await MakeAsync(caller, source, new Selection(where, slug, rows, entries.Value), ct) : entries.Error;
    }

    private IReadOnlyList<ResultColumn>? ColumnsOf(SiteRun run) =>
        (run.Description.Step ?? _steps.Steps.FirstOrDefault(step => step.Program == run.Description.Program))?.Columns;

    private async Task<Result<Source>> FindAsync(Caller caller, Guid id, CancellationToken ct)
    {
        if (!(await _runs.Registry.GetAsync(id, ct)).TryGet(out SiteRun? run, out _) || run.Outputs is not [var output]
            || !(await _authorizer.AuthorizeAsync(caller, output, Operation.EntryRead, ct)).IsOk)
        {
            return ErrorCode.NotFound.With($"There is no run {id:N} whose results you can read.");
        }

        if (run is not { Finished: not null, Inputs: [{ Snapshot: long number } input] })
        {
            return ErrorCode.Conflict.With(
                $"The run {id:N} has not ended with a version of one dataset: wait for its end, then select from its rows.");
        }

        if (!(await _authorizer.AuthorizeAsync(caller, input.Dataset, Operation.EntryRead, ct)).TryGet(out _, out HutchError? refusal)
            || !(await _authorizer.AuthorizeAsync(caller, input.Dataset, Operation.DatasetDerive, ct))
                .TryGet(out Access access, out refusal)
            || !(await _heads.DatasetAsync(output, ct)).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? results, out refusal)
            || !(await _heads.ResolveAsync(input.Dataset, SnapshotRef.OfNumber(checked((int)number)), ct))
                .TryGet(out TreeView? view, out refusal))
        {
            return refusal;
        }

        return new Source(run, input, access.Dataset, view, results);
    }

    private async Task<Result<Rows>> ReadRowsAsync(Source source, RowCondition condition, CancellationToken ct)
    {
        var matching = new SortedDictionary<long, string>();
        var seen = new HashSet<string>(condition.Names.Where(name => name == RowCondition.Frame), StringComparer.Ordinal);
        long all = 0, bytes = 0;
        await foreach (SiteResult result in _runs.Results.ReadAsync(source.Results, source.Run.Id, 0, follow: false, ct))
        {
            all++;
            JsonElement row = JsonElement.Parse(result.Row);
            if (seen.Count < condition.Names.Count)
            {
                seen.UnionWith(condition.Names.Where(name => row.TryGetProperty(name, out _)));
            }

            if (condition.Matches(row) && matching.TryAdd(result.Frame, result.Row)
                && ((bytes += result.Row.Length + 1) > MaxRowBytes || matching.Count > MaxFrames))
            {
                return ErrorCode.TooLarge.With(
                    $"More than {MaxFrames} frames match, or their rows have more than {MaxRowBytes >> 20} MiB. Narrow the condition.");
            }
        }

        string? missing = condition.Names.FirstOrDefault(name => !seen.Contains(name));
        return missing is not null && ColumnsOf(source.Run) is null
            ? ErrorCode.BadRequest.With($"No row of the run has a value {Display.Quote(missing)}.")
            : matching.Count == 0
                ? ErrorCode.Unprocessable.With($"None of the {all} rows of run {source.Run.Id:N} matches: nothing was made.")
            : new Rows(matching.Keys.ToHashSet(), string.Concat(matching.Values.Select(static row => row + "\n")), all);
    }

    /// <summary>Finds header, mask and frames in the version that the run read, and checks that their bytes last.</summary>
    private async Task<Result<List<TreeChange>>> ReadEntriesAsync(Source source, HashSet<long> frames, CancellationToken ct)
    {
        var entries = new List<TreeChange>(frames.Count);
        long? expires = source.View.Dataset.Expires;
        await foreach (PathEntry entry in _heads.EnumerateAsync(source.View, "", ct))
        {
            string path = entry.Path.Value;
            bool isFrame = FrameName.TryParse(path[(path.LastIndexOf('/') + 1)..], out int number);
            if (!FrameName.IsOfHeader(path) && !(isFrame && frames.Contains(number)))
            {
                continue;
            }

            if (RelianceRule.FindEvicted(source.View.Dataset, entry.Entry.Hash) is { } evicted)
            {
                return evicted;
            }

            if (entry.Entry.Kind == EntryKind.File && !await LastsAsync(source, entry.Entry.Hash, expires, ct))
            {
                return ErrorCode.Gone.With(
                    $"The bytes of {Display.Quote(path)} are not stored at this site, where a dataset is to refer to them. "
                    + "Nothing was made.");
            }

            entries.Add(new TreeChange(entry.Path, entry.Entry));
        }

        return entries;
    }

    // What expires on the same day lies in the same lane.
    private async ValueTask<bool> LastsAsync(Source source, BlobHash hash, long? expires, CancellationToken ct) =>
        await _blobs.IsStoredForAsync(hash, Lane.Main, ct)
        || (expires is not null && await _blobs.FindAsync(source.Input.Dataset, hash, ct) is not null);

    private async Task<Result<SelectedFrames>> MakeAsync(Caller caller, Source source, Selection selection, CancellationToken ct)
    {
        var id = new DatasetId(_runs.Registry.NewId());
        using IDisposable making = _reconciler.Begin(id);
        AccountName? owner = await _reconciler.FindResultOwnerAsync(caller, [source.Input.Dataset], ct);
        Result<NameRecord> name = await _reconciler.ReserveAsync(caller, id, isNewId: true, owner, selection.Name, ct);
        if (!name.IsOk)
        {
            return name.Error;
        }

        Result<SiteRun> run = await _runs.Registry.StartAsync(ToRun(caller, id, name.Value, source, selection), ct);
        if (!run.IsOk)
        {
            if (run.Error.Code != ErrorCode.OutcomeUnknown)
            {
                await _reconciler.ReleaseAsync(caller, id, "the selection was not made", CancellationToken.None);
            }

            return run.Error;
        }

        Result<Done> filled = await FillAsync(id, source, selection, caller.Name, ct);
        string? message = filled.Error?.Message;
        Result<SiteRun> ended = await _runs.Registry.FinishAsync(
            run.Value.Id, filled.IsOk ? RunOutcome.Done : RunOutcome.Failed, message, null, null, CancellationToken.None);
        if (!filled.IsOk || !ended.IsOk)
        {
            return filled.Error ?? ended.Error!;
        }

        bool isClosed = source.View.Dataset.Closed is not null;
        Result<SiteDataset> closed = isClosed
            ? await _lifecycle.CloseAsync(id, caller.Name, selection.Where, ct)
            : (await _heads.DatasetAsync(id, ct));
        return closed.Then<SelectedFrames>(_ => new SelectedFrames(
            run.Value.Id, name.Value, selection.Rows.Frames.Count, selection.Rows.All, isClosed));
    }

    private NewRun ToRun(Caller caller, DatasetId id, NameRecord name, Source source, Selection selection) => new()
    {
        Id = _runs.Registry.NewId(),
        Description = new RunDescription(
            Program, StepDeclaration.ProductVersion,
            $"hutch select {source.Run.Id:N} '{selection.Where.Replace("'", @"'\''", StringComparison.Ordinal)}' --as {selection.Name}",
            JsonElement.Parse(selection.ToJson(source)), RunEnvironment.Capture(), caller.Name, caller.CredentialId)
        {
            IsExternal = true,
        },
        Inputs = [source.Input],
        Output = new NewDataset
        {
            Id = id,
            Owner = name.Owner.Name,
            Slug = name.Slug,
            Title = $"{source.Name.FullName}@{source.Input.Snapshot}: {selection.Where}",
            Type = source.View.Dataset.Type,
            By = caller.Name,
            Parents = [new ParentVersion(source.Input.Dataset, SnapshotRef.OfNumber(checked((int)source.Input.Snapshot!.Value)))],
            FollowsOpenParents = true,
            ExpiresAt = source.View.Dataset.Expires,
        },
    };

    private async Task<Result<Done>> FillAsync(DatasetId id, Source source, Selection selection, string by, CancellationToken ct)
    {
        Result<SiteSnapshot> filled = await _filler.FillAsync(id, selection.Entries, by, selection.Where, ct);
        if (!filled.IsOk)
        {
            return filled.Error;
        }

        byte[] rows = Encoding.UTF8.GetBytes(selection.Rows.Lines);
        Result<Done> put = await PutAsync(id, ResultFiles.JsonLines, "application/x-ndjson", rows, ct);
        return put.IsOk
            ? await PutAsync(id, DatasetPath.Parse(FileName).Value, "application/json", selection.ToJson(source), ct)
            : put;
    }

    private Task<Result<Done>> PutAsync(DatasetId id, DatasetPath path, string mediaType, byte[] bytes, CancellationToken ct) =>
        _runs.Outputs.PutAsync(id, path, mediaType, PipeReader.Create(new ReadOnlySequence<byte>(bytes)), bytes.Length, ct);

    /// <param name="Input">The version that the run read.</param>
    /// <param name="Results">The dataset of its rows.</param>
    private sealed record Source(SiteRun Run, VersionReference Input, NameRecord Name, TreeView View, SiteDataset Results);

    /// <param name="Lines">The matching rows, in the order of their frames.</param>
    /// <param name="All">The number of rows of the run.</param>
    private sealed record Rows(HashSet<long> Frames, string Lines, long All);

    private sealed record Selection(string Where, Slug Name, Rows Rows, List<TreeChange> Entries)
    {
        /// <summary>Describes the selection: the condition, the run with its program, and the version of the frames.</summary>
        public byte[] ToJson(Source source)
        {
            var bytes = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                json.WriteString("where"u8, Where);
                json.WriteString("run"u8, source.Run.Id.ToString("N"));
                json.WriteString("program"u8, source.Run.Description.Program);
                json.WriteString("version"u8, source.Run.Description.Version);
                json.WriteString("dataset"u8, source.Input.Dataset.ToString());
                json.WriteNumber("snapshot"u8, source.Input.Snapshot!.Value);
                json.WriteNumber("rows"u8, Rows.All);
                json.WriteNumber("frames"u8, Rows.Frames.Count);
                json.WriteEndObject();
            }

            return bytes.WrittenSpan.ToArray();
        }
    }
}

/// <param name="Run">The run that records the selection.</param>
/// <param name="Rows">The rows of the run from which they were selected.</param>
public sealed record SelectedFrames(Guid Run, NameRecord Name, long Frames, long Rows, bool IsClosed);
