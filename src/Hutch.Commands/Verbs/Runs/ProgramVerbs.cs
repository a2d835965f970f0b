using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Parameters;

namespace Hutch.Commands.Verbs.Runs;

/// <summary>
/// <c>hutch program list | show | run | batch | enable | disable | check | try</c>: programs that the server starts on behalf of users.
/// </summary>
internal static class ProgramVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "program", "List, show, run, batch, enable, check and try programs that the server starts on your behalf.",
        new ListProgramsVerb(host), new ShowProgramVerb(host), new RunProgramVerb(host), new ProgramBatchVerb(host),
        ProgramSwitchVerb.Enable(host), ProgramSwitchVerb.Disable(host), FullProgramVerb.Create(host, "program check"),
        FullProgramVerb.Create(host, "program try"));

    private static Argument<string> Program() => new("program") { Description = "The name of the program, from `hutch program list`." };

    private static string Starts(ProgramInfo program)
    {
        string[] on =
        [
            .. program.OnForAll == true ? ["all yours"] : (string[])[],
            .. program.OnFor is { } datasets ? [Human.Count(datasets.Count, "dataset")] : (string[])[],
        ];
        return program.When is null ? "by hand"
            : on.Length == 0 ? $"{program.When} (off)"
            : $"{program.When} (on: {string.Join(", ", on)})";
    }

    private static string Tries(ProgramInfo program) => program.Attempts == 1
        ? "once"
        : $"at most {Human.Count(program.Attempts, "time")}, again after {string.Join(" or ", program.RetriedAfter)}"
            + (program.RetryDelaySeconds is { } delay
                ? $", with a delay of {Human.Count(delay, "second")} that doubles up to {program.RetryMaxDelaySeconds}"
                : "");

    private sealed class ListProgramsVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List the programs of the server.", "hutch program list", "hutch program list scan-7")
    {
        private readonly Argument<string?> _dataset = verb.Argument<string?>(
            "dataset",
            "Show why each program does not fit this dataset, or for what its start there waits.",
            ArgumentArity.ZeroOrOne);

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo? dataset = context.Value(_dataset) is { } name ? await context.ResolveWholeAsync(name, cancellationToken) : null;
            var table = new TextTable("PROGRAM", "VERSION", "TAKES", "ENGINE", "STARTS", dataset is null ? "TITLE" : "STATE");
            var notes = new List<string>();
            await context.AddAsync(
                table,
                dataset is null
                    ? context.Server.ListProgramsAsync(notes.Add, cancellationToken)
                    : context.Server.ListProgramsAsync(dataset.Id, cancellationToken),
                HutchJson.Default.ProgramInfo,
                program =>
                [
                    program.Name, program.Version, string.Join(", ", program.Types ?? ["any"]), program.Engine, Starts(program),
                    dataset is not null ? program.Waits ?? program.Misfit ?? "fits"
                        : program.MayStart ? program.Title
                        : $"{program.Title} (members of {string.Join(", ", program.Groups ?? [])} only)",
                ]);
            context.Write(table, "The server has no programs.");
            notes.ForEach(context.WriteNote);
            return ExitCode.Ok;
        }
    }

    private sealed class ShowProgramVerb(VerbDeclaration verb)
        : Verb(
            verb, "show", "Show a program with its parameters.", "hutch program show reconstruct",
            "hutch program show reconstruct --document")
    {
        private readonly Argument<string> _program = verb.Add(Program());
        private readonly Option<bool> _document = verb.Option<bool>("--document", "Print its YAML document.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            ProgramInfo program = await context.Server.GetProgramAsync(context.Value(_program)!, cancellationToken);
            if (context.Json)
            {
                context.PrintJson(program, HutchJson.Default.ProgramInfo);
                return ExitCode.Ok;
            }

            TextWriter output = context.Host.Out;
            if (context.Value(_document))
            {
                output.Write(program.Document);
                return ExitCode.Ok;
            }

            output.WriteLine($"{program.Title} ({program.Name} {program.Version})");
            if (program.Description is { } description)
            {
                output.WriteLine(Display.Name(description));
            }

            string state = program.Closed switch { true => "closed ", false => "open ", _ => "" };
            output.WriteLine($"Takes: {state}datasets of the type {string.Join(" or ", program.Types ?? ["generic"])}"
                + (program.Files is { } files ? $", files {string.Join(", ", files)}" : ""));
            foreach (ProgramInputInfo input in program.Inputs ?? [])
            {
                output.WriteLine(
                    $"Also takes: {input.Name} ({Display.Name(input.Title)}), {input.Rule}{(input.Optional ? "; optional" : "")}");
            }

            if (program.Image is { } image)
            {
                output.WriteLine($"Runs in: the image {Display.Name(image)}");
            }

            if (program.Each is { } each)
            {
                output.WriteLine(
                    $"Executes: a command for each file {Display.Name(each)}"
                    + (program.Parallel is { } most ? $", {Human.Count(most, "file")} at the same time" : ""));
            }

            output.WriteLine($"Makes: a dataset of the type {program.OutputType}");
            output.WriteLine($"Uses: {Human.Count(program.Cores, "core")}, {Display.Bytes(program.MemoryBytes)}, "
                + $"at most {Human.Count(program.Seconds, "second")}, engine {program.Engine}");
            output.WriteLine($"Tries: {Tries(program)}");
            if (program.Site is { } site)
            {
                output.WriteLine($"Runs at: {(site == "auto" ? "a site that has the bytes of the dataset" : site)}");
            }

            output.WriteLine($"Starts: {Starts(program)}");
            output.WriteLine($"Command: {Display.Name(CommandText.Join(program.Command ?? []))}");
            output.WriteLine();
            var table = new TextTable("PARAMETER", "KIND", "UNIT", "RANGE", "HELP");
            foreach (ParameterDeclaration parameter in program.Parameters)
            {
                table.Add(
                    parameter.Name, StepListing.Kind(parameter.Kind), parameter.Unit ?? "",
                    Human.Range(parameter.Minimum, parameter.Maximum) ?? parameter.Pattern ?? "", StepListing.Describe(parameter));
            }

            context.Write(table, "It has no parameters.");
            return ExitCode.Ok;
        }
    }

    private sealed class RunProgramVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "run",
            "Start a program on a dataset. The server executes it on your behalf, and its results become a new dataset of yours.",
            "hutch program run reconstruct scan-7",
            "hutch program run reconstruct scan-7@2 --parameter axis=512.5 --output volume --watch")
    {
        private readonly Argument<string> _program = verb.Add(Program());
        private readonly Argument<string> _dataset = verb.Argument<string>(
            "dataset", "The dataset that it reads, or DATASET@SNAPSHOT.");
        private readonly Option<string[]> _parameters = verb.Option<string[]>(
            "--parameter NAME=VALUE", "Set a parameter of the program; give it again for more.");
        private readonly Option<string[]> _inputs = verb.Option<string[]>(
            "--input NAME=DATASET", "Name the dataset of a further input; the program's rule chooses the others.");
        private readonly Option<string?> _output = verb.Option<string?>(
            "--output NAME", "The name of the dataset for the results.");
        private readonly Option<string?> _title = verb.Option<string?>("--title TEXT", "The title of the results.");
        private readonly Option<string?> _site = verb.Option<string?>(
            "--site SITE", "Where it runs: the name of a site, or `auto` for one that has the bytes of the dataset.");
        private readonly Option<bool> _again = verb.Option<bool>(
            "--again", "Compute the result again if you can read the same one.");
        private readonly Option<bool> _watch = verb.Option<bool>("--watch", "Show the log until the run ends.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var parameters = new ParameterTexts();
            parameters.Add(context.Value(_parameters) ?? []);
            (DatasetInfo dataset, string? at) = await context.ResolveAsync(context.Value(_dataset), cancellationToken);
            RunInfo run = await context.Server.StartProgramAsync(
                context.Value(_program)!,
                new StartProgram
                {
                    Input = dataset.Id,
                    At = at,
                    Output = context.Value(_output),
                    Title = context.Value(_title),
                    Inputs = await ReadInputsAsync(context, cancellationToken),
                    Parameters = parameters.Values,
                    IfSame = context.Value(_again) ? "start" : "refuse",
                    Site = context.Value(_site),
                },
                cancellationToken);
            string results = run.Names?.GetValueOrDefault(run.Outputs[0].ToString())
                ?? (await context.Server.GetDatasetAsync(run.Outputs[0], cancellationToken)).Name;
            string location = run.Site is { } site ? $" at {Display.Name(site)}" : "";
            context.Print(
                run, HutchJson.Default.RunInfo,
                $"Run {run.Id} waits{location}; its results will be {results}. Watch it with `hutch runs watch {run.Id}`.");
            if (!context.Json && await OpenInput.FindWaitAsync(context, run, cancellationToken) is { } wait)
            {
                context.WriteNote($"The program has a command for each file: {wait}.");
            }

            return context.Value(_watch) ? await new ProgramWatch(context, run.Id).RunAsync(cancellationToken) : ExitCode.Ok;
        }

        private async Task<IReadOnlyDictionary<string, DatasetId>?> ReadInputsAsync(CliContext context, CancellationToken ct)
        {
            var inputs = new Dictionary<string, DatasetId>(StringComparer.Ordinal);
            foreach (string given in context.Value(_inputs) ?? [])
            {
                if (given.Split('=', 2) is not [{ Length: > 0 } name, var dataset])
                {
                    throw ErrorCode.BadRequest.With($"{Display.Quote(given)} is no input: write NAME=DATASET.").ToException();
                }

                inputs[name] = (await context.ResolveWholeAsync(dataset, ct)).Id;
            }

            return inputs.Count > 0 ? inputs : null;
        }
    }
}
