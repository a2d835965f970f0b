using Hutch.Commands.Hosting;
using Hutch.Commands.Jobs;

namespace Hutch.Commands.Verbs.Runs;

internal sealed class RunVerb(VerbDeclaration verb)
    : Verb(
        verb.With(WaitOption.Long),
        "run",
        "Run a command on datasets: stage them, run it, and push its files in {output} as a dataset derived from them, with a "
        + "record of the run and its log. Results of a command that fails or is stopped are kept, and marked as partial.",
        "hutch run --input lysozyme --output lysozyme-integrated -- xia2 {input} project={output}",
        "hutch run --input scan@2 --input dark=/scratch/dark --output tomogram -- ./reconstruct {input1} {input2} {output}",
        "hutch run --input movies --output corrected --part 17 --parts 200 -- ./correct {input}/{part}.mrc {output}")
{
    private readonly Option<string[]> _input = verb.Required<string[]>(
        "--input DATASET",
        "A dataset that the command reads, or DATASET@SNAPSHOT; with =DIR, staged there. Give it again for more.");
    private readonly Option<string> _output = verb.Required<string>(
        "--output NAME", "The name of the dataset for the results, or OWNER/NAME.");
    private readonly Option<string[]> _include = verb.Option<string[]>(
        "--include PATTERN", "Stage only what matches this pattern, written as in .hutchignore; give it again for more.");
    private readonly Option<string?> _work = verb.Option<string?>(
        "--work DIR", "The folder for inputs and results on this machine (default: NAME.run in the current folder).");
    private readonly Option<string?> _title = verb.Option<string?>("--title TEXT", "The title of the results.");
    private readonly Option<string?> _type = verb.Option<string?>("--type TYPE", "The type of the results (default: generic).");
    private readonly Option<string?> _version = verb.Option<string?>(
        "--program-version TEXT", "The version of the program, to be recorded.");
    private readonly Option<string?> _part = verb.Option<string?>(
        "--part NAME",
        "Compute only this part: its files go to the folder NAME of the results, which other parts write at the same time. "
        + "The same part again replaces that folder.");
    private readonly Option<int?> _parts = verb.Option<int?>(
        "--parts N",
        "The number of all parts: when they are done, the run is. Without it, the run ends when the results are closed.");
    private readonly Option<string[]> _variables = verb.Option<string[]>(
        "--record-variable NAME", "Record this environment variable, too; give it again for more.");
    private readonly Argument<string[]> _command = verb.Argument<string[]>(
        "command",
        "The command, after --. {input} ({input1}, {input2}, ...) and {output} in it stand for folders.",
        ArgumentArity.OneOrMore);

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string output = context.Value(_output)!;
        string slug = output[(output.LastIndexOf('/') + 1)..];
        string? part = context.Value(_part);
        int? parts = context.Value(_parts);
        if (parts is not null && (part is null || parts < 1))
        {
            throw ErrorCode.BadRequest.With("--parts is a number from 1, and belongs to --part.").ToException();
        }

        var job = new Job
        {
            Inputs = [.. context.Value(_input)!.Select(JobInput.Parse)],
            Output = output,
            Command = context.Value(_command)!,
            Part = part,
            Parts = parts ?? 0,
            Folder = context.FullPath(Path.Combine(
                context.Value(_work) ?? slug + ".run", part is null ? "" : Path.Combine("parts", part.Replace('/', '+')))),
            Include = context.Value(_include) ?? [],
            Variables = context.Value(_variables) ?? [],
            Version = context.Value(_version),
            Title = context.Value(_title),
            Type = context.Value(_type),
        };
        return new JobRun(context, job).RunAsync(cancellationToken);
    }
}
