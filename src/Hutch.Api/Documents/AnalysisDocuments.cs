namespace Hutch.Api.Documents;

/// <summary>Analyses and the end of their results as the REST interface writes and reads them.</summary>
internal static class AnalysisDocuments
{
    /// <summary>Reads a request for an analysis; the shorthands count as parameters.</summary>
    public static AnalysisRequest Read(StartAnalysis wanted)
    {
        List<KeyValuePair<string, JsonElement>> parameters = wanted.Parameters is { } named ? [.. named] : [];
        if (wanted.Algorithm is { } algorithm)
        {
            parameters.Add(new("algorithm", JsonSerializer.SerializeToElement(algorithm, HutchJson.Default.String)));
        }

        if (wanted.DMin is { } highest)
        {
            parameters.Add(new("dMin", JsonSerializer.SerializeToElement(highest, HutchJson.Default.Double)));
        }

        if (wanted.DMax is { } lowest)
        {
            parameters.Add(new("dMax", JsonSerializer.SerializeToElement(lowest, HutchJson.Default.Double)));
        }

        return new AnalysisRequest
        {
            Step = wanted.Step,
            Recipe = wanted.Recipe,
            Parameters = parameters,
            Output = wanted.Output,
            Follow = wanted.Follow,
            WhenBehind = wanted.WhenBehind,
            MissingFrom = wanted.MissingFrom,
            Namespace = wanted.Namespace,
            Callback = wanted.Callback,
            Again = wanted.Again == true,
        };
    }

    public static SelectionInfo From(SelectedFrames selected) => new()
    {
        Run = selected.Run.ToString("N"),
        Dataset = selected.Name.Dataset,
        Name = selected.Name.FullName,
        Frames = selected.Frames,
        Rows = selected.Rows,
        Closed = selected.IsClosed,
    };

    public static AnalysisInfo From(StartedAnalysis started) => new()
    {
        Run = started.Run.ToString("N"),
        Dataset = started.Output.Dataset,
        Name = started.Output.FullName,
        Existing = started.IsNew ? null : true,
        Snapshot = started.Snapshot,
        Frames = started.Frames,
        Columns = started.Step.Columns,
    };

    public static IEnumerable<KeyValuePair<string, JsonElement>> Parameters(TryAnalysis wanted) =>
        wanted.Parameters is { } named ? named : [];

    public static AnalysisTrial From(FrameTrial trial) => new()
    {
        Row = trial.Row.Deserialize(HutchJson.Default.ResultRow)!,
        StrongPixels = trial.StrongPixels,
        Strong = trial.Strong?.ToArray(),
    };

    public static ResultsEnd End(RunsOutcome outcome, long rows) => new()
    {
        End = true,
        Count = rows,
        State = outcome.State,
        Message = outcome.Message,
        Frames = outcome.Frames,
        Failures = outcome.Failures,
        Skipped = outcome.Skipped > 0 ? outcome.Skipped : null,
    };
}
