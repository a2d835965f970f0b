using Hutch.Cli.Verbs.Datasets;
using Hutch.Commands.Hosting;
using Hutch.Programs.Documents;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;

namespace Hutch.Cli.Verbs.Runs;

/// <summary><c>hutch program check</c>: documents of programs, before they go to a server.</summary>
internal sealed class ProgramCheckVerb(VerbDeclaration verb)
    : Verb(
        verb, "check", "Check documents of programs, without a server.", "hutch program check reconstruct.yaml",
        "hutch program check /etc/hutch/programs")
{
    private readonly Argument<string> _path = verb.Argument<string>(
        "path", "The YAML document of a program, or a folder of them.");

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
        var valid = new List<ProgramDocument>();
        foreach (string file in files)
        {
            if (Check(context, file) is { } program)
            {
                valid.Add(program);
            }
        }

        int wrong = files.Length - valid.Count;
        if (ProgramCycles.Find(valid) is { } cycle)
        {
            Print(context, ProgramCycles.ProblemOf(cycle));
            wrong++;
        }

        // One file alone names programs of others.
        IEnumerable<TypeProblem?> broken = Directory.Exists(path) && wrong == 0
            ? valid.Select(program => ProgramCycles.FindBrokenLink(program, valid, TypeCatalog.BuiltIn.LineageOf))
            : [];
        foreach (TypeProblem problem in broken.OfType<TypeProblem>())
        {
            Print(context, problem);
            wrong++;
        }

        if (files.Length == 0)
        {
            context.WriteNote($"{Display.Quote(path)} has no documents of programs: their names end in .yaml.");
        }

        return Task.FromResult(wrong == 0 ? ExitCode.Ok : ExitCode.Failure);
    }

    private static ProgramDocument? Check(CliContext context, string file)
    {
        ProgramDocument? program = ProgramReader.Read(
            Path.GetFileName(file), context.ReadFile(file), out IReadOnlyList<TypeProblem> problems);
        foreach (TypeProblem problem in problems)
        {
            Print(context, problem);
        }

        if (program is not null)
        {
            string command = CommandText.Join(program.Command.Parts.SelectMany(static part => part));
            context.WriteNote($"The program {program.Name} {program.Version} is valid: {command}");
        }

        return program;
    }

    private static void Print(CliContext context, TypeProblem problem) => context.Print(
        new TypeCheckLine(problem.File, problem.Line, problem.Column, null, problem.Message),
        FullJson.Default.TypeCheckLine,
        problem.ToString());
}
