using Hutch.Datasets.Programs;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Programs.Documents;

namespace Hutch.Api.Documents;

internal static class ProgramDocuments
{
    public static ProgramInfo From(OfferedProgram offered, IReadOnlyList<ProgramSwitch> switches) => Short(offered, switches) with
    {
        Command = [.. offered.Program.Command.Parts.SelectMany(static part => part)],
        Document = offered.Program.Source,
    };

    public static ProgramInfo Short(OfferedProgram offered, IReadOnlyList<ProgramSwitch> switches)
    {
        ProgramDocument program = offered.Program;
        ProgramSwitch[] own = [.. switches.Where(one => one.Program == program.Name)];
        DatasetId[] datasets = [.. own.Select(static one => one.Dataset).OfType<DatasetId>()];
        return new ProgramInfo
        {
            Name = program.Name,
            Title = program.Title,
            Description = program.Description,
            Version = program.Version,
            Digest = program.Digest,
            MayStart = offered.MayStart,
            Misfit = offered.Misfit,
            Groups = program.Groups.Count > 0 ? program.Groups : null,
            Types = program.Accepts.Types.Count > 0 ? program.Accepts.Types : null,
            Files = program.Accepts.Files.Count > 0 ? program.Accepts.Files : null,
            Closed = program.Accepts.Closed,
            When = program.When?.ToString(),
            OnForAll = own.Length > datasets.Length ? true : null,
            OnFor = datasets.Length > 0 ? datasets : null,
            Inputs = program.Inputs.Count == 0 ? null :
            [
                .. program.Inputs.Select(static input => new ProgramInputInfo
                {
                    Name = input.Name, Title = input.Title, Rule = input.Rule, Optional = input.IsOptional,
                }),
            ],
            Image = program.Image?.ToString(),
            Parameters = program.Parameters,
            Each = program.Each,
            Parallel = program.Parallel,
            Engine = program.Engine,
            Site = program.Site,
            Waits = offered.Waits,
            Cores = program.Limits.Cores,
            MemoryBytes = program.Limits.MemoryBytes,
            Seconds = program.Limits.Seconds,
            Attempts = program.Attempts,
            RetriedAfter = RetryReader.Describe(program.Retry ?? TaskRetry.Usual),
            RetryDelaySeconds = program.Retry?.DelaySeconds,
            RetryMaxDelaySeconds = program.Retry?.MaxDelaySeconds,
            OutputType = program.Output.Type,
        };
    }

    public static AttemptEnd Read(AttemptKey attempt, FinishAttempt end) => new(attempt, end.Claim, end.State, end.Message)
    {
        Failure = end.Failure,
        ExitCode = end.ExitCode,
    };

    public static AttemptInfo From(ClaimedAttempt claimed) => new()
    {
        Command = claimed.Run.Description.Task!.Words,
        Inputs =
        [
            .. claimed.Run.Inputs.Select((input, i) => new RunInput
            {
                Dataset = input.Dataset, Snapshot = input.Snapshot, Name = claimed.Run.Description.Task.NameOf(i),
            }),
        ],
        Files = claimed.Run.Description.Task.Files,
        Mount = claimed.Run.Description.Task.Mounts == true,
        Each = claimed.Run.Description.Task.Each,
        Parallel = claimed.Run.Description.Task.Parallel,
        Output = claimed.Output.Id,
        Requires = claimed.Run.Description.Task.Requires,
        Limits = claimed.Run.Description.Task.Limits,
        RoomBytes = claimed.RoomBytes,
    };
}
