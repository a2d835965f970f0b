namespace Hutch.Site.Write.Committing;

/// <summary>The records of a close, which a person asks for, or a program whose results are closed when its run is done.</summary>
internal static class CloseRule
{
    /// <summary>Closes an open dataset at its newest version. The caller has checked that its head has nothing else.</summary>
    internal static void Emit(CommitContext context, SiteDataset dataset, long number, string by)
    {
        EndSessions(context, dataset);
        context.Emit(new JournalRecord.DatasetClosed(dataset.Id, number, by));
        EndParts(context, dataset.Id);
        if (context.Queries.HasSwitch(dataset.Id, dataset.Owner))
        {
            // Here and nowhere else: a copy, a move and a rebuild close nothing.
            context.Emit(new JournalRecord.ProgramsWanted(dataset.Id));
        }
    }

    /// <summary>Closes the results of a run that is done, if its program says so. Those that follow an open dataset stay open.</summary>
    internal static void EmitOfRun(CommitContext context, SiteRun run)
    {
        if (run is { Description.Task.Closes: true, Outputs: [var output] }
            && context.Queries.Dataset(output) is { Closed: null, Snapshot: { } number, Origin: not DatasetOrigin.Following } results
            && !context.Queries.HasOverlay(results.Key))
        {
            Emit(context, results, number, run.Description.User);
        }
    }

    internal static void EndSessions(CommitContext context, SiteDataset dataset)
    {
        foreach (Guid session in context.Queries.SessionsOf(dataset.Key))
        {
            context.Emit(new JournalRecord.SessionEnded(session));
        }

        foreach (Guid upload in context.Queries.UploadsOf(dataset.Key))
        {
            context.Emit(new JournalRecord.UploadEnded(upload));
        }
    }

    private static void EndParts(CommitContext context, DatasetId id)
    {
        if (context.Queries.RunOfParts(id) is { Description.Task: null } run)
        {
            PartCounts parts = context.Queries.PartCounts(run.Id);
            RunOutcome outcome = parts.Failed + parts.Running == 0 && parts.Done >= run.Description.Parts ? RunOutcome.Done
                : RunOutcome.Failed;
            context.Emit(new JournalRecord.RunFinished(
                run.Id, outcome,
                $"Its dataset was closed: {parts.Done} parts were done, {parts.Failed} had failed, {parts.Running} were in progress.")
            {
                Frames = 0,
                Failures = 0,
            });
        }
    }
}
