using Hutch.Datasets.Analyses;
using Hutch.Datasets.Registry;
using Hutch.Model.Parameters;
using Hutch.Programs.Documents;

namespace Hutch.Datasets.Programs;

/// <summary>Prepares a start of a program: everything that can be refused is refused here, before anything is staged or computed.</summary>
internal sealed class StartPreparation(
    Authorizer authorizer, HeadReader heads, ProgramFit fit, InputFixer fixer, InputChooser chooser, MetadataSource source)
{
    /// <summary>Checks a start, and chooses versions, inputs and parameters.</summary>
    /// <param name="run">The id of the run.</param>
    public async Task<Result<ProgramService.PreparedStart>> PrepareAsync(
        Caller caller, ProgramDocument program, ProgramStart wanted, Guid run, CancellationToken ct)
    {
        if (!DatasetTexts.Check(wanted.Title, null).TryGet(out _, out HutchError? refusal)
            || !ParameterValues.Check(program, wanted.Parameters).TryGet(out ParameterValues? values, out refusal)
            || !(await ReadAsync(caller, program, wanted.Input, ct)).TryGet(out ProgramService.ProgramInput? input, out refusal)
            || !(await source.FillAsync(program, wanted.Parameters, input.Dataset, input.Access.Dataset.FullName, ct))
                .TryGet(out IReadOnlyDictionary<string, JsonElement>? filled, out refusal)
            || !ParameterValues.Check(program, filled).TryGet(out values, out refusal)
            || !(await chooser.ChooseAsync(
                    caller, program, input.Dataset, wanted.Inputs, mayLeaveOut: wanted.Handed?.HasInputs == true, ct))
                .TryGet(out IReadOnlyList<ChosenInput>? further, out refusal)
            || !ProgramService.NameOf(wanted.Output).TryGet(out Slug? slug, out refusal))
        {
            return refusal;
        }

        input = input with { Further = further };
        return new ProgramService.PreparedStart(ToRun(caller, program, values, input, wanted.Trigger) with { Id = run }, input, slug);
    }

    private async Task<Result<ProgramService.ProgramInput>> ReadAsync(
        Caller caller, ProgramDocument program, ProgramStartInput wanted, CancellationToken ct)
    {
        DatasetId id = wanted.Dataset;
        if (await RightToDerive.FindLackingAsync(authorizer, caller, id, ct) is { } lacking)
        {
            return lacking;
        }

        if (!(await authorizer.AuthorizeAsync(caller, id, Operation.EntryRead, ct)).TryGet(out Access access, out HutchError? refusal)
            || !(await heads.ResolveAsync(id, wanted.At, ct)).TryGet(out TreeView? seen, out refusal))
        {
            return refusal;
        }

        if (program.Each is not null && wanted.At is not null && ProgramService.FindOlder(seen) is { } older)
        {
            return older;
        }

        string name = access.Dataset.FullName;
        SiteDataset dataset = seen.Dataset;
        if ((fit.FindMisfit(program, dataset, name)
            ?? (await fit.FindWithoutFilesAsync([program], seen, name, ct)).Values.FirstOrDefault()) is { } misfit)
        {
            return misfit;
        }

        Result<TreeView?> view = await fixer.FixAsync(caller, id, wanted.At, $"Read by the program {program.Name}", ct);
        return !view.IsOk ? view.Error
            : view.Value is not { Snapshot: { } snapshot } found
                ? ErrorCode.Unprocessable.With($"'{name}' is empty: there is nothing for the program '{program.Name}'.")
            : new ProgramService.ProgramInput(access, dataset, new VersionReference(id, snapshot.Number, found.Root.Page));
    }

    private static NewRun ToRun(
        Caller caller, ProgramDocument program, ParameterValues values, ProgramService.ProgramInput input, RunTrigger? trigger)
    {
        string[] names = [.. input.Further.Select(static one => one.Name)];
        IReadOnlyList<string> words = program.Command.Fill(values, names);
        var description = new RunDescription(
            program.Name, program.Version, CommandText.Join(words), values.ToJson(), null, caller.Name, caller.CredentialId)
        {
            IsExternal = true,
            Task = ProgramService.ToTask(program, words, names),
            Trigger = trigger,
            Parts = program.Each is null ? null : 0,
        };
        return new NewRun { Id = default, Description = description, Inputs = input.Versions };
    }
}
