using Hutch.Model.Parameters;
using Hutch.Programs.Documents;

namespace Hutch.Datasets.Programs;

/// <summary>Switches programs on and off that start by themselves, after a check of the caller's rights.</summary>
public sealed class ProgramSwitches
{
    private readonly ProgramService _programs;
    private readonly Authorizer _authorizer;
    private readonly ProgramFit _fit;
    private readonly HeadReader _heads;
    private readonly ProgramStarts _starts;
    private readonly Authenticator _authenticator;

    internal ProgramSwitches(
        ProgramService programs, Authorizer authorizer, ProgramFit fit, HeadReader heads, ProgramStarts starts, Authenticator authenticator)
    {
        (_programs, _authorizer, _fit, _heads) = (programs, authorizer, fit, heads);
        (_starts, _authenticator) = (starts, authenticator);
    }

    /// <summary>Lists what the caller has switched on.</summary>
    public async ValueTask<IReadOnlyList<ProgramSwitch>> ListAsync(Caller caller, CancellationToken ct)
    {
        return caller.IsUser ? await _starts.SwitchesOfAsync(caller.Name, ct) : [];
    }

    /// <summary>
    /// Switches a program on, for one dataset or for all datasets that the caller owns. Its rights are checked again at each start.
    /// </summary>
    /// <param name="dataset">The dataset; null for all datasets of the caller, now and later.</param>
    public async Task<Result<Done>> EnableAsync(
        Caller caller, string name, DatasetId? dataset, IReadOnlyDictionary<string, JsonElement> parameters, CancellationToken ct)
    {
        if (!Find(caller, name).TryGet(out OfferedProgram? offered, out HutchError? refusal))
        {
            return refusal;
        }

        ProgramDocument program = offered.Program;
        if (program.When is not { } rule)
        {
            return ErrorCode.Unprocessable.With(
                $"The program '{name}' is started by hand only: its document has no rule (`when`) by which it could start by itself.");
        }

        if (ProgramService.FindForbidden(offered) is { } forbidden)
        {
            return forbidden;
        }

        if (await _authenticator.FindEndOfWorkAsync(caller, ct) is { } lacking)
        {
            return lacking.Code.With($"{lacking.Message} The program could not start by itself.");
        }

        if (!ParameterValues.Check(program, parameters).TryGet(out ParameterValues? values, out refusal)
            || dataset is { } id && await FindMisfitAsync(caller, program, rule, id, ct) is { } misfit && (refusal = misfit) is not null)
        {
            return refusal!;
        }

        return await _starts.SwitchAsync(
            new ProgramSwitch(program.Name, caller.Name, dataset, ToJson(values, parameters)), isOn: true, ct);
    }

    /// <summary>Switches a program off. Runs that it has started continue. It may be a program that is not there any more.</summary>
    public async Task<Result<Done>> DisableAsync(Caller caller, string name, DatasetId? dataset, CancellationToken ct)
    {
        Result<Done> allowed = Authorize(caller);
        return allowed.IsOk
            ? await _starts.SwitchAsync(new ProgramSwitch(name, caller.Name, dataset, null), isOn: false, ct)
            : allowed;
    }

    /// <summary>Writes the values of later starts. A default must not take the place of the metadata of each input.</summary>
    private static JsonElement ToJson(
        ParameterValues values, IReadOnlyDictionary<string, JsonElement> given) => JsonSerializer.SerializeToElement(
            values.Set.Where(set => set.Parameter.From is null || given.ContainsKey(set.Parameter.Name))
                .ToDictionary(static set => set.Parameter.Name, static set => set.Value, StringComparer.Ordinal));

    private Result<OfferedProgram> Find(Caller caller, string name) =>
        Authorize(caller).Then<OfferedProgram>(_ => _programs.Find(caller, name));

    private static Result<Done> Authorize(Caller caller)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.ProgramSwitch).Then<Done>(static _ => Done.Value);
        return !allowed.IsOk || caller.IsUser ? allowed
            : ErrorCode.Forbidden.With("Programs start by themselves on behalf of people with an account.");
    }

    private async ValueTask<HutchError?> FindMisfitAsync(
        Caller caller, ProgramDocument program, ProgramRule rule, DatasetId id, CancellationToken ct)
    {
        if (await RightToDerive.FindLackingAsync(_authorizer, caller, id, ct) is { } lacking)
        {
            return lacking;
        }

        if (!(await _heads.DatasetAsync(id, ct)).Then(DatasetState.RequirePresent).Then(DatasetState.RequireHome)
            .TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        string name = $"{dataset.Owner}/{dataset.Slug}";
        if (rule.After is { } before)
        {
            // The dataset is the input of that one.
            return _programs.Find(caller, before).TryGet(out OfferedProgram? first, out refusal)
                ? _fit.FindMisfitOfType(first.Program, dataset, name)
                : refusal.Code.With($"The program '{program.Name}' starts after '{before}'. {refusal.Message}");
        }

        return dataset.Closed is null ? _fit.FindMisfitOfType(program, dataset, name) : ErrorCode.DatasetClosed.With(
            $"'{name}' is closed: the rule of the program '{program.Name}' ({rule}) does not apply to it any more. Start it by hand.");
    }
}
