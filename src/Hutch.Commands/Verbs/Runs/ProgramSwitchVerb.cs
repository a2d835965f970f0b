using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Runs;

/// <summary><c>hutch program enable | disable</c>: programs that start by themselves.</summary>
internal sealed class ProgramSwitchVerb : Verb
{
    private readonly bool _isOn;

    private readonly Argument<string> _program = new("program")
    {
        Description = "The name of the program, from `hutch program list`.",
    };

    private readonly Argument<string?> _dataset = new("dataset")
    {
        Description = "The dataset.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _mine = new("--mine") { Description = "All datasets that you own, now and later." };

    private readonly Option<string[]> _parameters = new("--parameter")
    {
        Description = "Set a parameter of the program; give it again for more.",
        HelpName = "NAME=VALUE",
    };

    private ProgramSwitchVerb(CliHost host, bool isOn, string name, string description, params string[] examples)
        : base(host, name, description, examples)
    {
        _isOn = isOn;
        Add(_program);
        Add(_dataset);
        Add(_mine);
        if (isOn)
        {
            Add(_parameters);
        }
    }

    internal static ProgramSwitchVerb Enable(CliHost host) => new(
        host, true, "enable",
        "Let a program start by itself on your behalf: when the dataset is closed, or when its files have arrived, as its document says.",
        "hutch program enable reconstruct scan-7", "hutch program enable reconstruct --mine --parameter axis=512.5");

    internal static ProgramSwitchVerb Disable(CliHost host) => new(
        host, false, "disable", "Let a program start by hand only. Its runs continue.",
        "hutch program disable reconstruct scan-7", "hutch program disable reconstruct --mine");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string program = context.Value(_program)!;
        string? named = context.Value(_dataset);
        bool isMine = context.Value(_mine);
        if (named is null == !isMine)
        {
            throw ErrorCode.BadRequest.With("Name a dataset, or give --mine for all datasets that you own.").ToException();
        }

        DatasetInfo? dataset = named is null ? null : (await context.ResolveAsync(named, cancellationToken)).Dataset;
        string what = dataset?.Name ?? "all your datasets";
        if (_isOn)
        {
            var parameters = new ParameterTexts();
            parameters.Add(context.Value(_parameters) ?? []);
            await context.Server.EnableProgramAsync(
                program, new EnableProgram { Dataset = dataset?.Id, Parameters = parameters.Values }, cancellationToken);
        }
        else
        {
            await context.Server.DisableProgramAsync(program, new DisableProgram { Dataset = dataset?.Id }, cancellationToken);
        }

        context.WriteNote(_isOn
            ? $"{program} starts by itself on {what} from now on. `hutch program list` shows it."
            : $"{program} does not start by itself on {what} any more.");
        return ExitCode.Ok;
    }
}
