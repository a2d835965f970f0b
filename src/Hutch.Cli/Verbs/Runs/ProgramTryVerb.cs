using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Runs;
using Hutch.Model.Ignoring;
using Hutch.Model.Parameters;
using Hutch.Model.Records;
using Hutch.Node.Attempts;
using Hutch.Node.Processes;
using Hutch.Programs.Documents;
using Hutch.Types.Documents;

namespace Hutch.Cli.Verbs.Runs;

/// <summary>
/// <c>hutch program try</c>: the command of a document on folders of this machine, in the sandbox that a server would use, without one.
/// </summary>
internal sealed class ProgramTryVerb(VerbDeclaration verb)
    : Verb(
        verb, "try", "Try a document of a program on a folder, in the sandbox, without a server.",
        "hutch program try reconstruct.yaml scan-7 --output volume",
        "hutch program try reconstruct.yaml scan-7 --output volume --parameter axis=512.5 --inputs calibration")
{
    private const int LogBytes = 8 << 20;

    private readonly Argument<string> _document = verb.Argument<string>("document", "The YAML document of the program.");
    private readonly Argument<string> _input = verb.Argument<string>("folder", "The folder with the files of an input.");
    private readonly Option<string> _output = verb.Required<string>(
        "--output DIR", "The folder for the results, which must be empty or absent.");
    private readonly Option<string[]> _parameters = verb.Option<string[]>(
        "--parameter NAME=VALUE", "Set a parameter of the program; give it again for more.");
    private readonly Option<string?> _further = verb.Option<string?>(
        "--inputs DIR", "A folder with a folder for each further input, by its name.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string file = context.FullPath(context.Value(_document)!);
        ProgramDocument? program = ProgramReader.Read(
            Path.GetFileName(file), context.ReadFile(file), out IReadOnlyList<TypeProblem> problems);
        if (program is null)
        {
            throw ErrorCode.Unprocessable.With($"The document cannot be used: {problems[0]}").ToException();
        }

        (string input, string output) = (context.FullPath(context.Value(_input)!), context.FullPath(context.Value(_output)!));
        if (!Directory.Exists(input) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()))
        {
            throw ErrorCode.Unprocessable.With(
                $"The folder {Display.Quote(input)} must exist, and {Display.Quote(output)} must be empty or absent.").ToException();
        }

        Directory.CreateDirectory(output);
        using var scratch = new TryFolder();
        string further = context.Value(_further) is { } given ? context.FullPath(given) : scratch.Path;
        var folders = new SandboxFolders(input, further, output)
        {
            Image = program.Image is null ? null : Path.Combine(further, RunTask.Image),
        };
        Sandbox sandbox = await new Sandbox(Sandbox.Bubblewrap, [], null).TriedAsync(cancellationToken);
        if (await sandbox.FindProblemAsync(scratch.Path, cancellationToken) is { } problem)
        {
            throw ErrorCode.Unavailable.With(problem).ToException();
        }

        if (sandbox.FindImageProblem(folders) is { } unusable)
        {
            throw ErrorCode.Unprocessable.With(
                $"{unusable} The program runs in {program.Image}: clone it to a folder '{RunTask.Image}', and name the folder above it "
                + "with --inputs.").ToException();
        }

        await sandbox.GiveAsync(output, cancellationToken);
        string[] words = Words(context, program, folders, sandbox);
        JobEnd end = await ExecuteAsync(context, program, words, folders, sandbox, cancellationToken);
        string? missing = program.Requires.FirstOrDefault(pattern => !HasFile(output, pattern));
        context.WriteNote(end.ExitCode != 0 ? $"The command ended with {end.Message}: a run would have failed."
            : missing is not null ? $"The command left no file {Display.Quote(missing)}: a run would have failed."
            : $"Done. The results are in {Display.Name(output)}.");
        return end.ExitCode == 0 && missing is null ? ExitCode.Ok : ExitCode.Failure;
    }

    private string[] Words(CliContext context, ProgramDocument program, SandboxFolders folders, Sandbox sandbox)
    {
        var given = new ParameterTexts();
        given.Add(context.Value(_parameters) ?? []);
        ParameterValues values = ParameterValues.Check(program, given.Values).Value;
        if (program.Accepts.Files is { Count: > 0 } wanted && !wanted.Any(pattern => HasFile(folders.Input, pattern)))
        {
            throw ErrorCode.Unprocessable.With(
                $"No file of the folder matches {string.Join(" or ", wanted.Select(Display.Quote))}, which the program reads.")
                .ToException();
        }

        string[] present =
            [.. program.Inputs.Select(static one => one.Name).Where(name => Directory.Exists(Path.Combine(folders.Further, name)))];
        if (program.Inputs.FirstOrDefault(one => !one.IsOptional && !present.Contains(one.Name)) is { } missing)
        {
            throw ErrorCode.Unprocessable.With(
                $"The program needs the input '{missing.Name}': put its files into a folder of this name, and name the folder above it "
                + "with --inputs.").ToException();
        }

        string? file = program.Each is { } each
            ? FilesOf(folders.Input, each).Order(StringComparer.Ordinal).FirstOrDefault()
                ?? throw ErrorCode.Unprocessable.With(
                    $"No file of the folder matches {Display.Quote(each)}, the pattern in `each` of the program.").ToException()
            : null;
        if (file is not null)
        {
            context.WriteNote($"Trying the first of the files: {Display.Name(file)}.");
        }

        return sandbox.Fill(program.Command.Fill(values, present), folders, present, file);
    }

    private static async Task<JobEnd> ExecuteAsync(
        CliContext context, ProgramDocument program, string[] words, SandboxFolders folders, Sandbox sandbox, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(Math.Min(program.Limits.Seconds, int.MaxValue / 1000)));
        using var printed = new TailStream(LogBytes);
        using var scratch = new TryFolder();
        using var log = new JobLog(Path.Combine(scratch.Path, "log"), LogBytes, LogBytes, static _ => { });
        using var output = new CommandOutput(log, printed);
        await using ControlGroup? group = sandbox.Features.Groups.TryMake(
            program.Limits.MemoryBytes, program.Limits.Processes, context.Host.Time);
        if (sandbox.FindMissingLimits(program.Limits, group) is { Count: > 0 } unbounded)
        {
            context.WriteNote($"This machine does not bound {string.Join(", and ", unbounded)}.");
        }

        JobEnd end = await sandbox.ExecuteAsync(words, folders, program.Limits, output, group, scratch.Path, limit.Token);
        foreach (string line in Encoding.UTF8.GetString(printed.TakeIfNew() ?? []).TrimEnd('\n').Split('\n'))
        {
            context.Host.Out.WriteLine(Display.Name(line.TrimEnd('\r')));
        }

        return end;
    }

    private static bool HasFile(string folder, string pattern) => FilesOf(folder, pattern).Any();

    private static IEnumerable<string> FilesOf(string folder, string pattern)
    {
        var filter = new IncludeFilter([pattern]);
        return CommandFolder.FilesBelow(folder).Where(path => filter.Wants(path, isFolder: false));
    }

    /// <summary>An empty folder that is deleted at the end.</summary>
    private sealed class TryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("hutch-try-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
