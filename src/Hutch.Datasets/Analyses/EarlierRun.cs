using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Analyses;

internal sealed record EarlierRun(SiteRun Run, FrameSet Rows)
{
    /// <summary>Finds the run, for a caller that may read its rows.</summary>
    public static async Task<Result<EarlierRun>> FindAsync(
        RunRegistry runs, HeadReader heads, Authorizer authorizer, Caller caller, Access dataset, Guid id, CancellationToken ct)
    {
        if (!(await runs.GetAsync(id, ct)).TryGet(out SiteRun? run, out _)
            || run.Outputs is not [var output]
            || !(await authorizer.AuthorizeAsync(caller, output, Operation.EntryRead, ct)).IsOk)
        {
            return ErrorCode.NotFound.With($"There is no run {id:N} whose results you can read.");
        }

        if (run.Inputs is not [var input] || input.Dataset != dataset.Dataset.Dataset)
        {
            return ErrorCode.Unprocessable.With($"The run {id:N} did not analyse '{dataset.Dataset.FullName}'.");
        }

        if (run.Finished is null)
        {
            return ErrorCode.Conflict.With(
                $"The run {id:N} is not over, so which frames it will miss is not known: wait for its end, or stop it.");
        }

        if (!(await heads.DatasetAsync(output, ct)).Then(DatasetState.RequirePresent).IsOk)
        {
            return ErrorCode.Gone.With($"The results of run {id:N} were deleted: submit the whole dataset.");
        }

        var rows = new FrameSet();
        await runs.AddResultFramesAsync(id, rows, ct);
        return new EarlierRun(run, rows);
    }

    public Result<AnalysisRequest> Complete(AnalysisRequest wanted, StepCatalog steps)
    {
        if (wanted is not { Step: null, Recipe: null, Parameters.Count: 0 })
        {
            return wanted;
        }

        if (RunRecipe.Find(Run.Description) is { } recipe)
        {
            return wanted with { Recipe = recipe };
        }

        if (steps.Steps.FirstOrDefault(known => known.Program == Run.Description.Program) is not { } step)
        {
            return ErrorCode.Unprocessable.With(
                $"The program of run {Run.Id:N}, {Display.Quote(Run.Description.Program)}, is no step of this server: name a step.");
        }

        return ParameterValues.Read(step, Run.Description.Parameters).Then<AnalysisRequest>(values => wanted with
        {
            Step = step.Name,
            Parameters = [.. values.Set.Select(set => KeyValuePair.Create(set.Parameter.Name, set.Value))],
        });
    }
}
