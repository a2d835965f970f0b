using Hutch.Datasets.Programs;
using Hutch.Programs.Documents;

namespace Hutch.Api.Documents;

internal static class ProgramDocuments
{
    public static ProgramInfo From(OfferedProgram offered) => Short(offered) with
    {
        Command = [.. offered.Program.Command.Parts.SelectMany(static part => part)],
        Document = offered.Program.Source,
    };

    public static ProgramInfo Short(OfferedProgram offered)
    {
        ProgramDocument program = offered.Program;
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
            Parameters = program.Parameters,
            Engine = program.Engine,
            Cores = program.Limits.Cores,
            MemoryBytes = program.Limits.MemoryBytes,
            Seconds = program.Limits.Seconds,
            OutputType = program.Output.Type,
        };
    }

    public static AttemptInfo From(ClaimedAttempt claimed) => new()
    {
        Command = claimed.Run.Description.Task!.Words,
        Inputs = [.. claimed.Run.Inputs.Select(static input => new RunInput { Dataset = input.Dataset, Snapshot = input.Snapshot })],
        Files = claimed.Run.Description.Task.Files,
        Output = claimed.Output.Id,
        Requires = claimed.Run.Description.Task.Requires,
        Limits = claimed.Run.Description.Task.Limits,
    };
}
