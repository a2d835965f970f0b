using Hutch.Commands.Hosting;
using Hutch.Commands.Jobs;

namespace Hutch.Commands.Verbs.Runs;

internal sealed class RunVerb : Verb
{
    private readonly Option<string[]> _input = new("--input")
    {
        Description = "A dataset that the command reads, or DATASET@SNAPSHOT; with =DIR, staged there. Give it again for more.",
        HelpName = "DATASET",
        Required = true,
    };

    private readonly Option<string> _output = new("--output")
    {
        Description = "The name of the dataset for the results, or OWNER/NAME.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string[]> _include = new("--include")
    {
        Description = "Stage only what matches this pattern, written as in .hutchignore; give it again for more.",
        HelpName = "PATTERN",
    };

    private readonly Option<string?> _work = new("--work")
    {
        Description = "The folder for inputs and results on this machine (default: NAME.run in the current folder).",
        HelpName = "DIR",
    };

    private readonly Option<string?> _title = new("--title") { Description = "The title of the results.", HelpName = "TEXT" };

    private readonly Option<string?> _type = new("--type")
    {
        Description = "The type of the results (default: generic).",
        HelpName = "TYPE",
    };

    private readonly Option<string?> _version = new("--program-version")
    {
        Description = "The version of the program, to be recorded.",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _part = new("--part")
    {
        Description = "Compute only this part: its files go to the folder NAME of the results, which other parts write at the same time. "
            + "The same part again replaces that folder.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _parts = new("--parts")
    {
        Description = "The number of all parts: when they are done, the run is. Without it, the run ends when the results are closed.",
        HelpName = "N",
    };

    private readonly Option<string[]> _variables = new("--record-variable")
    {
        Description = "Record this environment variable, too; give it again for more.",
        HelpName = "NAME",
    };

    private readonly Argument<string[]> _command = new("command")
    {
        Description = "The command, after --. {input} ({input1}, {input2}, ...) and {output} in it stand for folders.",
        Arity = ArgumentArity.OneOrMore,
    };

    internal RunVerb(CliHost host)
        : base(
            host,
            "run",
            "Run a command on datasets: stage them, run it, and push its files in {output} as a dataset derived from them, with a "
            + "record of the run and its log. Results of a command that fails or is stopped are kept, and marked as partial.",
            "hutch run --input lysozyme --output lysozyme-integrated -- xia2 {input} project={output}",
            "hutch run --input scan@2 --input dark=/scratch/dark --output tomogram -- ./reconstruct {input1} {input2} {output}",
            "hutch run --input movies --output corrected --part 17 --parts 200 -- ./correct {input}/{part}.mrc {output}")
    {
        Add(_input);
        Add(_output);
        Add(_include);
        Add(_work);
        Add(_title);
        Add(_type);
        Add(_version);
        Add(_part);
        Add(_parts);
        Add(_variables);
        Add(WaitOption.Long);
        Add(_command);
    }

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
