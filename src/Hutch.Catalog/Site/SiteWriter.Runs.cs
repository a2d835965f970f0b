using Hutch.Model.Analyses;

namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private const string Queued = "queued";
    private const string Ended = "ended";

    // It waits for the time of its next attempt.
    private const string Delayed = "delayed";

    // It has ended, and its results are to be compared with those of the run that it repeats.
    private const string Uncompared = "uncompared";

    private void StartRun(JournalRecord.RunStarted record)
    {
        string run = record.Run.ToString("N");
        Run(
            "INSERT INTO runs (id, sequence, started, description) VALUES ($1, $2, $3, $4)",
            run, record.Sequence, record.Time, JsonSerializer.Serialize(record.Description, RunDescriptionJson.TypeInfo));
        Run(
            "INSERT INTO run_starters (starter, runs) VALUES ($1, 1) ON CONFLICT (starter) DO UPDATE SET runs = runs + 1",
            record.Description.User);
        AddInputs(run, record.Inputs);
        AddOutputs(run, record.Outputs);
        if (record.Description.Task is { } task)
        {
            Run(
                "INSERT INTO run_tasks (run, sequence, starter, program, engine, phase, attempt, changed, payer, cores, attempt_time) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $2, $8, $9, $10)",
                run, record.Sequence, record.Description.User, record.Description.Program, task.Engine, Queued, ToJson(RunAttempt.None),
                task.Payer ?? "", task.Payer is null ? 0L : task.NodeLimits.Cores, task.Payer is null ? 0L : task.MaxCoreMilliseconds);
        }

        if (record.Description is { Trigger: { Site: null } trigger, Program: var program })
        {
            Run(
                "UPDATE program_starts SET run = $4 WHERE dataset = $1 AND program = $2 AND rule = $3",
                trigger.Dataset.ToString(), program, trigger.Rule, run);
        }

        if (record.Outputs.Count > 0)
        {
            AddRecordBytes(record.Outputs[0], record.Description.Bytes);
        }
    }

    private void FinishRun(JournalRecord.RunFinished record)
    {
        string run = record.Run.ToString("N");
        CountAttempt(run, record.Time);
        Finish(
            run, record.Time, SiteText.ToText(record.Outcome), record.Message, record.Frames, record.Failures, record.Skipped);
        Run(
            "UPDATE run_tasks SET phase = CASE WHEN $4 AND EXISTS (SELECT 1 FROM runs WHERE id = $1 "
            + "AND json_extract(description, '$.repeats') IS NOT NULL) THEN $3 ELSE $2 END, changed = $5 WHERE run = $1",
            run, Ended, Uncompared, record.Outcome == RunOutcome.Done ? 1L : 0L, record.Sequence);
        if (record.Inputs is { } inputs)
        {
            Run("DELETE FROM run_inputs WHERE run = $1", run);
            AddInputs(run, inputs);
        }
    }

    private void SetAttempt(JournalRecord.RunAttempted record)
    {
        string run = record.Run.ToString("N");
        string phase = record.Attempt.Phase switch
        {
            AttemptPhase.Queued => record.Attempt.NotBefore is null ? Queued : Delayed,
            AttemptPhase.Issued => "issued",
            _ => "claimed",
        };
        if (record.Attempt.Phase != AttemptPhase.Claimed)
        {
            CountAttempt(run, record.Time);
        }

        Run(
            "UPDATE run_tasks SET phase = $2, attempt = $3, not_before = $4, changed = $5 WHERE run = $1",
            run, phase, ToJson(record.Attempt), record.Attempt.NotBefore, record.Sequence);
        Finish(run, null, null, null, null, null, null);
    }

    private static string ToJson(RunAttempt attempt) => JsonSerializer.Serialize(attempt, RunDescriptionJson.Attempt);

    private void SetPart(JournalRecord.RunPartSet record)
    {
        string run = record.Run.ToString("N");
        RunPart part = record.Part;
        int added = Run(
            "INSERT INTO run_parts (run, name, sequence, state, part) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            run, part.Name, record.Sequence, part.State.ToName(), ToJson(part));
        if (added == 0)
        {
            Run(
                "UPDATE run_parts SET state = $3, part = $4 WHERE run = $1 AND name = $2",
                run, part.Name, part.State.ToName(), ToJson(part));
        }
    }

    private static string ToJson(RunPart part) => JsonSerializer.Serialize(part, RunDescriptionJson.Part);

    /// <summary>A known run keeps its position in the order.</summary>
    private void CopyRun(JournalRecord.RunCopied record)
    {
        string run = record.Run.ToString("N");
        Run(
            "INSERT INTO runs (id, sequence, started, description) VALUES ($1, $2, $3, $4) "
            + "ON CONFLICT (id) DO UPDATE SET started = excluded.started, description = excluded.description",
            run, record.Sequence, record.Started, JsonSerializer.Serialize(record.Description, RunDescriptionJson.TypeInfo));
        Finish(run, record.Finished, record.Outcome, record.Message, record.Frames, record.Failures, record.Skipped);
        Run("DELETE FROM run_inputs WHERE run = $1", run);
        AddInputs(run, record.Inputs);
        Run("DELETE FROM run_outputs WHERE run = $1", run);
        AddOutputs(run, record.Outputs);
    }

    private void Finish(
        string run, long? finished, string? outcome, string? message, long? frames, long? failures, SkippedFrames? skipped) => Run(
        "UPDATE runs SET finished = $2, outcome = $3, message = $4, frames = $5, failures = $6, skipped = $7 WHERE id = $1",
        run, finished, outcome, message, frames, failures,
        skipped is null ? null : JsonSerializer.Serialize(skipped, RunDescriptionJson.Skipped));

    private void AddOutputs(string run, IReadOnlyList<DatasetId> outputs)
    {
        foreach (DatasetId output in outputs)
        {
            Run("INSERT INTO run_outputs (run, dataset) VALUES ($1, $2) ON CONFLICT DO NOTHING", run, output.ToString());
        }
    }

    private void AddInputs(string run, IReadOnlyList<VersionReference> inputs)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            VersionReference input = inputs[i];
            Run(
                "INSERT INTO run_inputs (run, position, dataset, snapshot, root) VALUES ($1, $2, $3, $4, $5)",
                run, i, input.Dataset.ToString(), input.Snapshot, input.Root?.ToString());
        }
    }

    private void AddResult(JournalRecord.ResultRow record) => Run(
        "INSERT INTO results (dataset, run, frame, row, sequence) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        Key(record.Dataset), record.Run.ToString("N"), record.Frame, record.Row.GetRawText(), record.Sequence);

    private void Switch(JournalRecord.ProgramSwitched record)
    {
        string dataset = record.Dataset?.ToString() ?? "";
        if (record.IsOn)
        {
            Run(
                "INSERT INTO program_switches (program, account, dataset, parameters) VALUES ($1, $2, $3, $4) "
                + "ON CONFLICT (program, account, dataset) DO UPDATE SET parameters = excluded.parameters",
                record.Program, record.User, dataset, record.Parameters?.GetRawText());
        }
        else
        {
            Run(
                "DELETE FROM program_switches WHERE program = $1 AND account = $2 AND dataset = $3",
                record.Program, record.User, dataset);
        }
    }

    private void Want(JournalRecord.ProgramsWanted record)
    {
        if (record.Run is { } run)
        {
            Run("INSERT INTO program_after (run, sequence) VALUES ($1, $2) ON CONFLICT DO NOTHING", run.ToString("N"), record.Sequence);
        }
        else
        {
            Run(
                "INSERT INTO program_wanted (dataset, sequence) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                record.Dataset.ToString(), record.Sequence);
        }
    }

    private void AddDue(JournalRecord.ProgramsDue record)
    {
        string dataset = record.Dataset.ToString();
        if (record.OfClose)
        {
            Run("DELETE FROM program_wanted WHERE dataset = $1", dataset);
        }

        if (record.AfterRun is { } run)
        {
            Run("DELETE FROM program_after WHERE run = $1", run.ToString("N"));
        }

        foreach (DueProgram due in record.Starts)
        {
            Run(
                "INSERT INTO program_starts (dataset, program, rule, account, parameters, depth, sequence) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                dataset, due.Program, due.Rule, due.User, due.Parameters?.GetRawText(), due.Depth, record.Sequence);
        }
    }

    private void AddStatement(JournalRecord.RunCompared record)
    {
        string run = record.Run.ToString("N");
        int added = Run(
            "INSERT INTO statements (dataset, run, document, proof, reason, sequence) VALUES ($1, $2, $3, $4, $5, $6) "
            + "ON CONFLICT DO NOTHING",
            record.Dataset.ToString(), run, record.Document, record.Proof, record.Reason, record.Sequence);
        Run("UPDATE run_tasks SET phase = $2 WHERE run = $1 AND phase = $3", run, Ended, Uncompared);
        if (added > 0)
        {
            AddRecordBytes(record.Dataset, record.Bytes);
        }
    }

    private void Drop(JournalRecord.ProgramDropped record) => Run(
        "UPDATE program_starts SET reason = $4 WHERE dataset = $1 AND program = $2 AND rule = $3 AND run IS NULL",
        record.Dataset.ToString(), record.Program, record.Rule, record.Reason);

    private void Send(JournalRecord.ProgramSent record) => Run(
        "UPDATE program_starts SET site = $4, snapshot = $5 WHERE dataset = $1 AND program = $2 AND rule = $3 AND run IS NULL",
        record.Dataset.ToString(), record.Program, record.Rule, record.Site, record.Snapshot);

    private void HandOver(JournalRecord.RunHandedOver record)
    {
        (string run, string dataset) = (record.Run.ToString("N"), record.Dataset.ToString());
        Run(
            "INSERT INTO handed_runs (run, dataset, output, program, version, account, site, site_name, time, sequence) "
            + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            run, dataset, record.Output.ToString(), record.Program, record.Version, record.User, record.Site, record.SiteName,
            record.Time, record.Sequence);
        if (record.Rule is { } rule)
        {
            Run(
                "UPDATE program_starts SET run = $4 WHERE dataset = $1 AND program = $2 AND rule = $3 AND run IS NULL",
                dataset, record.Program, rule, run);
        }
    }
}
