using System.Collections.Concurrent;
using System.Text;
using Hutch.Datasets.Analyses;
using Hutch.Datasets.Registry;
using Hutch.Processing;
using Hutch.Programs.Documents;
using Hutch.Zone.Logins;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Starts programs where they are to run: here, or at another site that offers the same document. That site checks everything again for the
/// account, as if the account had asked it.
/// </summary>
/// <remarks>
/// <para>1. <see cref="StartAsync"/> checks the program and the rights here, for a person; <see cref="StartDueAsync"/> for a rule.</para>
/// <para>2. <see cref="ProgramSites"/> chooses a site that offers the document and has the inputs; a trial asks it.</para>
/// <para>3. A start of a rule is recorded with the site, so that it is repeated there after a crash.</para>
/// <para>4. The start goes to that site with the public part of the token, or from the zone with the account.</para>
/// <para>5. There, <see cref="TakeAsync"/> checks account, rights, document and inputs again, and starts the run durably.</para>
/// <para>6. Results come back as a dataset of that site. A rerun there is compared by <see cref="RerunComparer"/>, and signed with the
/// key of that site (<see cref="Replication.Sites.ISiteSigner"/>).</para>
/// </remarks>
public sealed class ProgramStarter
{
    private static readonly TokenScope Scope = new(TokenScopes.Read | TokenScopes.Write);

    private const int MaxWaits = 10_000;
    private const int MaxDue = 100;
    private const int MaxPauseSeconds = 30;

    private readonly ProgramService _programs;
    private readonly ProgramSites _sites;
    private readonly ProgramStarts _starts;
    private readonly RunAttempts _attempts;
    private readonly Authenticator _authenticator;
    private readonly Authorizer _authorizer;
    private readonly NameReconciler _reconciler;
    private readonly SiteReaders _readers;
    private readonly SiteLoginAuthorizer _logins;
    private readonly IStartHandOver? _handOver;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(DatasetId Dataset, string Program, string Rule), Wait> _waits = new();

    internal ProgramStarter(
        ProgramService programs, ProgramSites sites, RunServices runs, Authenticator authenticator, Authorizer authorizer,
        SiteReaders readers, SiteLoginAuthorizer logins, NameReconciler reconciler, IStartHandOver? handOver, TimeProvider time)
    {
        (_programs, _sites, _starts, _attempts, _time) = (programs, sites, runs.Starts, runs.Attempts, time);
        (_authenticator, _authorizer, _readers, _logins) = (authenticator, authorizer, readers, logins);
        (_reconciler, _handOver) = (reconciler, handOver);
    }

    /// <summary>The name of this site.</summary>
    public string SiteName => _sites.OwnName;

    /// <summary>Starts a program for a person. Returns when the run is durable, here or at the other site.</summary>
    public async Task<Result<VisibleRun>> StartAsync(Caller caller, string name, ProgramStart wanted, CancellationToken ct)
    {
        if (!_programs.FindOffered(caller, name).TryGet(out ProgramDocument? program, out HutchError? refusal)
            || !(await PlanAsync(caller, program, wanted, ct)).TryGet(out Plan? plan, out refusal))
        {
            return refusal;
        }

        return plan.Site is { } site
            ? await HandOverAsync(caller, program, site, plan.Start, rule: null, ct)
            : await _programs.StartAsync(caller, name, wanted, ct);
    }

    /// <summary>Starts what is due, if that is to happen here. Otherwise chooses the other site.</summary>
    /// <param name="mayAsk">True if other sites may be asked whether they can, which takes time.</param>
    /// <returns>The run; null if another site is to start it, or has to be asked.</returns>
    internal async Task<Result<VisibleRun?>> StartDueAsync(Caller caller, DueStart due, bool mayAsk, CancellationToken ct)
    {
        ProgramStart wanted = ToStart(due);
        if (!_programs.FindOffered(caller, due.Program.Program).TryGet(out ProgramDocument? program, out HutchError? refusal))
        {
            return refusal;
        }

        if (!(await PlanAsync(caller, program, wanted, ct, mayAsk)).TryGet(out Plan? plan, out refusal))
        {
            return refusal;
        }

        if (plan.IsOpen)
        {
            return (VisibleRun?)null;
        }

        if (plan.Site is not { } site)
        {
            return (await _programs.StartAsync(caller, program.Name, wanted, ct)).Then<VisibleRun?>(static run => run);
        }

        // After a crash, the start is repeated at the same site.
        Result<DueStart> sent = await _starts.SendAsync(due, site, plan.Start.Handed!.Newest, ct);
        return sent.Then<VisibleRun?>(static _ => (VisibleRun?)null);
    }

    /// <summary>Hands a due start over to the site that was chosen for it. A repetition finds the run that exists there.</summary>
    internal async Task<Result<VisibleRun>> HandOverDueAsync(Caller caller, DueStart due, CancellationToken ct)
    {
        ProgramStart wanted = ToStart(due);
        if (!_programs.FindOffered(caller, due.Program.Program).TryGet(out ProgramDocument? program, out HutchError? refusal))
        {
            return refusal;
        }

        // One with a command for each file follows its input: the other site reads the newest version that it has.
        SnapshotRef? at = due.Snapshot is { } number && program.Each is null ? SnapshotRef.OfNumber(checked((int)number)) : null;
        wanted = wanted with { Input = wanted.Input with { At = at } };
        return (await FindInputsAsync(caller, wanted, ct)).TryGet(out List<NameRecord>? inputs, out refusal)
            && (await ToHandedAsync(caller, program, wanted, inputs, ct)).TryGet(out ProgramStart? start, out refusal)
                ? await HandOverAsync(caller, program, due.Site!, start, due.Program.Rule, ct)
                : refusal;
    }

    /// <summary>Returns how often a due start was tried in vain.</summary>
    internal long TriesOf(DueStart due) => _waits.TryGetValue(KeyOf(due), out Wait wait) ? wait.Tries : 0;

    /// <summary>Returns true if other sites are to be asked about a start again: later each time, up to half a minute.</summary>
    internal bool IsTimeToAsk(DueStart due) => !_waits.TryGetValue(KeyOf(due), out Wait wait)
        || _time.GetElapsedTime(wait.When).TotalSeconds >= Math.Min(wait.Tries, MaxPauseSeconds);

    /// <summary>Notes why a due start waits; null if it waits no longer.</summary>
    internal void NoteWait(DueStart due, string? reason)
    {
        if (reason is null)
        {
            _waits.TryRemove(KeyOf(due), out _);
            return;
        }

        if (_waits.Count >= MaxWaits)
        {
            _waits.Clear();
        }

        _waits.AddOrUpdate(
            KeyOf(due), _ => new Wait(reason, 1, _time.GetTimestamp()),
            (_, before) => new Wait(reason, before.Tries + 1, _time.GetTimestamp()));
    }

    /// <summary>Returns, by program, why starts on a dataset on behalf of the caller wait.</summary>
    public async ValueTask<IReadOnlyDictionary<string, string>> FindWaitsAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        var waits = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DueStart due in await _starts.DueOnAsync(dataset, MaxDue, ct))
        {
            if (caller.IsUser && due.Program.User == caller.Name)
            {
                string whom = due.Site is { } site ? $"Waits for {await _sites.NameOfAsync(site, ct)}" : "Waits";
                waits[due.Program.Program] = _waits.TryGetValue(KeyOf(due), out Wait wait) ? $"{whom}. {wait.Reason}" : $"{whom}.";
            }
        }

        return waits;
    }

    /// <summary>Starts a run that another site hands over, or says whether this one would.</summary>
    /// <param name="site">The id of the other site.</param>
    /// <param name="caller">The account as that site vouches for it, with the rights that this site finds.</param>
    /// <returns>The run; null for a trial that would succeed.</returns>
    public async Task<Result<StartedElsewhere?>> TakeAsync(
        string site, Caller caller, string name, ProgramStart wanted, bool isTrial, CancellationToken ct)
    {
        HandedStart handed = wanted.Handed!;
        if (await _attempts.FindAsync(handed.Run, ct) is { } known)
        {
            return await ToAnswerAsync(known, null);
        }

        Result<Done> mayMake = Authorizer.Authorize(caller, Operation.DatasetCreate);
        if (!mayMake.IsOk)
        {
            return mayMake.Error;
        }

        foreach (DatasetId input in (DatasetId[])[wanted.Input.Dataset, .. wanted.Inputs.Values])
        {
            if (await FindLackingAsync(site, caller, input, input == wanted.Input.Dataset ? wanted : null, ct) is { } lacking)
            {
                return lacking;
            }
        }

        if (!_programs.FindOffered(caller, name).TryGet(out ProgramDocument? program, out HutchError? refusal)
            || (refusal = _sites.FindRefusal(program, handed)) is not null
            || !(await _authenticator.ForSiteAsync(caller.Name, Scope, ct)).TryGet(out Caller? maker, out refusal))
        {
            return refusal;
        }

        wanted = wanted with { Trigger = wanted.Trigger is { } trigger ? trigger with { Site = site } : null };
        if (isTrial)
        {
            Result<ProgramService.PreparedStart> prepared = await _programs.PrepareAsync(caller, program, wanted, ct);
            return !prepared.IsOk ? prepared.Error
                : await _programs.FindUnableAsync(caller, program, ct) is { } unable ? unable
                : (StartedElsewhere?)null;
        }

        return (await _programs.StartAsync(caller, maker, name, wanted, ct)).TryGet(out VisibleRun? run, out refusal)
            ? await ToAnswerAsync(run.Run, run.Same)
            : refusal;

        // The same start may have come twice at once. A result that exists has another id.
        async Task<Result<StartedElsewhere?>> ToAnswerAsync(SiteRun found, SameResult? same) => found.Id != handed.Run
            || (found.Description.User == caller.Name && found.Description.Program == name && found.Outputs is [_]
                && found.Inputs[0].Dataset == wanted.Input.Dataset)
            ? await DescribeAsync(caller, found.Id, found.Outputs[0], same, ct)
            : ErrorCode.Conflict.With("Another run has the id of this start.");
    }

    private async Task<HutchError?> FindLackingAsync(
        string site, Caller caller, DatasetId input, ProgramStart? first, CancellationToken ct)
    {
        // The other site must be one that may know the dataset; of the caller it is believed the token alone.
        Result<NameRecord> admitted = await _readers.AdmitAsync(site, caller.Token!.Id, input, Operation.EntryRead, ct);
        return !admitted.TryGet(out NameRecord? name, out HutchError? refusal) ? refusal
            : first?.Trigger is not null && name.Home.SiteId != site
                ? ErrorCode.Conflict.With($"A rule starts programs on {name.FullName} at its home alone, which is another site.")
            : await RightToDerive.FindLackingAsync(_authorizer, caller, input, ct)
                ?? await _sites.FindLackingAsync(input, name.FullName, first?.Handed, ct);
    }

    private async ValueTask<Result<StartedElsewhere?>> DescribeAsync(
        Caller caller, Guid run, DatasetId output, SameResult? same, CancellationToken ct)
    {
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, output, Operation.DatasetView, ct);
        string name = access.IsOk ? access.Value.Dataset.FullName : output.ToString();
        return new StartedElsewhere(run, output, name, same) { Site = _sites.OwnName };
    }

    /// <summary>Decides where a start is to run.</summary>
    private async Task<Result<Plan>> PlanAsync(
        Caller caller, ProgramDocument program, ProgramStart wanted, CancellationToken ct, bool mayAsk = true)
    {
        Result<string?> where = _sites.FindWanted(program, wanted.Site);
        if (!where.IsOk)
        {
            return where.Error;
        }

        if (where.Value is not { } location)
        {
            return new Plan(null, wanted);
        }

        if (!(await FindInputsAsync(caller, wanted, ct)).TryGet(out List<NameRecord>? inputs, out HutchError? refusal))
        {
            return refusal;
        }

        if (location == ProgramDocument.AutoSite)
        {
            refusal = await FindLackingAsync(inputs, ct) ?? await FindExclusionAsync(caller, program, inputs, _sites.OwnId, ct)
                ?? await _programs.FindUnableAsync(caller, program, ct);
            return refusal is null || !mayAsk
                ? new Plan(null, wanted) { IsOpen = refusal is not null }
                : await ChooseAsync(caller, program, wanted, inputs, refusal, ct);
        }

        if (!(await _sites.FindIdAsync(location, ct)).TryGet(out string? site, out refusal))
        {
            return refusal;
        }

        return !(await ToHandedAsync(caller, program, wanted, inputs, ct)).TryGet(out ProgramStart? start, out refusal) ? refusal
            : await FindExclusionAsync(caller, program, inputs, site, ct) is { } excluded
                ? excluded.Code.With($"The program '{program.Name}' cannot run at the site {location}. {excluded.Message}")
            : new Plan(site, start with { Handed = start.Handed! with { Site = location } });
    }

    /// <summary>Chooses the first other site with the bytes that says that it can.</summary>
    /// <param name="here">The reason why this site cannot.</param>
    private async Task<Result<Plan>> ChooseAsync(
        Caller caller, ProgramDocument program, ProgramStart wanted, List<NameRecord> inputs, HutchError here, CancellationToken ct)
    {
        if (!(await ToHandedAsync(caller, program, wanted, inputs, ct)).TryGet(out ProgramStart? start, out HutchError? refusal))
        {
            return refusal;
        }

        List<string> reasons = [$"{_sites.OwnName}: {here.Message}"];
        ErrorCode code = here.Code;
        HutchError? consent = null;
        foreach (string site in await _sites.ListHoldersAsync(inputs, ct))
        {
            refusal = await FindExclusionAsync(caller, program, inputs, site, ct)
                ?? (await AskAsync(caller, site, program, start, isTrial: true, ct)).Error;
            if (refusal is null)
            {
                return new Plan(site, start);
            }

            reasons.Add($"{await _sites.NameOfAsync(site, ct)}: {refusal.Message}");
            code = refusal.Code == ErrorCode.Unavailable ? refusal.Code : code;
            consent ??= refusal.Code == ErrorCode.ConsentRequired ? refusal : null;
        }

        // Only the person can remove this reason, on the page that the refusal names.
        string message =
            $"No site with the bytes of {inputs[0].FullName} can run the program '{program.Name}'. {string.Join(" ", reasons)}";
        return consent is not null
            ? consent with { Message = message }
            : (code with { Advice = "Make a copy at a site that offers this program, or name a site." }).With(message);
    }

    private async ValueTask<HutchError?> FindExclusionAsync(
        Caller caller, ProgramDocument program, IReadOnlyList<NameRecord> inputs, string site, CancellationToken ct)
    {
        DatasetId[] read = [.. inputs.Select(static input => input.Dataset)];
        AccountName? owner = await _reconciler.FindResultOwnerAsync(caller, read, ct);
        return await _sites.FindExclusionAsync(site, read, owner?.Value ?? caller.Name, program.Output.Type, ct);
    }

    private async ValueTask<HutchError?> FindLackingAsync(IReadOnlyList<NameRecord> inputs, CancellationToken ct)
    {
        foreach (NameRecord input in inputs)
        {
            if (await _sites.FindLackingAsync(input.Dataset, input.FullName, null, ct) is { } lacking)
            {
                return lacking;
            }
        }

        return null;
    }

    /// <summary>Returns the names of the inputs that a start names, if the caller has the rights.</summary>
    private async Task<Result<List<NameRecord>>> FindInputsAsync(Caller caller, ProgramStart wanted, CancellationToken ct)
    {
        var inputs = new List<NameRecord>();
        foreach (DatasetId input in (DatasetId[])[wanted.Input.Dataset, .. wanted.Inputs.Values])
        {
            if (await RightToDerive.FindLackingAsync(_authorizer, caller, input, ct) is { } refusal
                || !(await _authorizer.AuthorizeAsync(caller, input, Operation.DatasetView, ct)).TryGet(out Access access, out refusal))
            {
                return refusal;
            }

            inputs.Add(access.Dataset);
        }

        return inputs;
    }

    /// <summary>
    /// Writes a start for another site. What this site knows it decides: the version, the further inputs and the parameters from metadata,
    /// which a copy could have in an older state.
    /// </summary>
    /// <param name="inputs">The inputs; chosen ones are added.</param>
    private async Task<Result<ProgramStart>> ToHandedAsync(
        Caller caller, ProgramDocument program, ProgramStart wanted, List<NameRecord> inputs, CancellationToken ct)
    {
        var handed = new HandedStart(
            wanted.Trigger is { } trigger ? RunOf(trigger, program.Name) : _programs.NewId(), program.Digest);
        if (await FindLackingAsync(inputs, ct) is not null)
        {
            return wanted with { Handed = handed };
        }

        if (!(await _programs.PrepareAsync(caller, program, wanted, ct))
            .TryGet(out ProgramService.PreparedStart? start, out HutchError? refusal))
        {
            return refusal;
        }

        ChosenInput[] further = [.. start.Input.Further.Where(static one => one.Name != RunTask.Image)];
        long newest = start.Input.Version.Snapshot!.Value;
        wanted = wanted with
        {
            Input = wanted.Input with { At = program.Each is null ? SnapshotRef.OfNumber(checked((int)newest)) : null },
            Inputs = further.ToDictionary(static one => one.Name, static one => one.Version.Dataset, StringComparer.Ordinal),
            Parameters = ToDictionary(start.Run.Description.Parameters),
            Handed = handed with { Newest = newest, IsClosed = start.Input.Dataset.Closed is not null, HasInputs = true },
        };
        if (!(await FindInputsAsync(caller, wanted, ct)).TryGet(out List<NameRecord>? all, out refusal))
        {
            return refusal;
        }

        inputs.Clear();
        inputs.AddRange(all);
        return wanted;
    }

    private async Task<Result<VisibleRun>> HandOverAsync(
        Caller caller, ProgramDocument program, string site, ProgramStart start, string? rule, CancellationToken ct)
    {
        Result<StartedElsewhere?> answer = await AskAsync(caller, site, program, start, isTrial: false, ct);
        if (!answer.IsOk)
        {
            HutchError refusal = answer.Error;
            string location = await _sites.NameOfAsync(site, ct);
            return refusal with { Message = $"The program '{program.Name}' was not started at {location}. {refusal.Message}" };
        }

        StartedElsewhere started = answer.Value!;
        var run = new HandedRun(
            started.Run, start.Input.Dataset, started.Output, program.Name, program.Version, caller.Name, site, started.Site, Time: 0);
        if (started.Run == start.Handed!.Run)
        {
            Result<HandedRun> stored = await _starts.HandOverAsync(run, rule, ct);
            if (!stored.TryGet(out run, out HutchError? lost))
            {
                return lost;
            }
        }

        return HandedRuns.Show(run!, started.Name) with { Same = started.Same };
    }

    private async Task<Result<StartedElsewhere?>> AskAsync(
        Caller caller, string site, ProgramDocument program, ProgramStart start, bool isTrial, CancellationToken ct) => _handOver is null
        ? ErrorCode.Unavailable.With("This server reaches no other site.")
        : await _logins.PrepareStartAsync(caller, site, ct) is { } lacking ? lacking
        : await _handOver.HandOverAsync(site, caller, program.Name, start, isTrial, ct);

    private static ProgramStart ToStart(DueStart due) => new(
        new ProgramStartInput(due.Dataset, null), ToDictionary(due.Program.Parameters))
    {
        Trigger = new RunTrigger(due.Dataset, due.Program.Rule, due.Program.Depth),
        IfSame = IfSame.Reuse,
    };

    internal static IReadOnlyDictionary<string, JsonElement> ToDictionary(JsonElement? given) =>
        given is { ValueKind: JsonValueKind.Object } values
            ? values.EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value, StringComparer.Ordinal)
            : new Dictionary<string, JsonElement>();

    /// <summary>Returns the id of the run of a rule: the key of its start, so that another site makes one run of it.</summary>
    private static Guid RunOf(RunTrigger trigger, string program)
    {
        BlobHash hash = BlobHash.Compute(Encoding.UTF8.GetBytes($"{trigger.Dataset}\n{program}\n{trigger.Rule}"));
        return Guid.Parse(hash.ToString().AsSpan(0, 32));
    }

    private static (DatasetId, string, string) KeyOf(DueStart due) => (due.Dataset, due.Program.Program, due.Program.Rule);

    private readonly record struct Wait(string Reason, long Tries, long When);

    /// <param name="Site">The id of the other site; null for this one.</param>
    private sealed record Plan(string? Site, ProgramStart Start)
    {
        /// <summary>True if other sites have to be asked first.</summary>
        public bool IsOpen { get; init; }
    }
}
