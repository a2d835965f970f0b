using Hutch.Cli.Verbs.Datasets;
using Hutch.Commands.Hosting;
using Hutch.Programs.Documents;
using Hutch.Types.Documents;

namespace Hutch.Cli.Verbs.Runs;

/// <summary><c>hutch program check</c>: documents of programs, before they go to a server.</summary>
internal sealed class ProgramCheckVerb : Verb
{
    private readonly Argument<string> _path = new("path") { Description = "The YAML document of a program, or a folder of them." };

    internal ProgramCheckVerb(CliHost host)
        : base(
            host, "check", "Check documents of programs, without a server.", "hutch program check reconstruct.yaml",
            "hutch program check /etc/hutch/programs") => Add(_path);

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string path = context.FullPath(context.Value(_path)!);
        string[] files = Directory.Exists(path)
            ?
            [
                .. Directory.EnumerateFiles(path).Where(static file => DocumentFolder.IsDocument(Path.GetFileName(file)))
                    .Order(StringComparer.Ordinal),
            ]
            : [path];
        int wrong = files.Count(file => !Check(context, file));
        if (files.Length == 0)
        {
            context.WriteNote($"{Display.Quote(path)} has no documents of programs: their names end in .yaml.");
        }

        return Task.FromResult(wrong == 0 ? ExitCode.Ok : ExitCode.Failure);
    }

    private static bool Check(CliContext context, string file)
    {
        ProgramDocument? program = ProgramReader.Read(
            Path.GetFileName(file), context.ReadFile(file), out IReadOnlyList<TypeProblem> problems);
        foreach (TypeProblem problem in problems)
        {
            context.Print(
                new TypeCheckLine(problem.File, problem.Line, problem.Column, null, problem.Message),
                FullJson.Default.TypeCheckLine,
                problem.ToString());
        }

        if (program is not null)
        {
            string command = CommandText.Join(program.Command.Parts.SelectMany(static part => part));
            context.WriteNote($"The program {program.Name} {program.Version} is valid: {command}");
        }

        return program is not null;
    }
}
