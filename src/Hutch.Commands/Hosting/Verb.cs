using System.CommandLine.Parsing;

namespace Hutch.Commands.Hosting;

internal abstract class Verb : Command
{
    protected Verb(VerbDeclaration verb, string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        verb.AddTo(this);
        Validators.Add(CheckOptions);
        SetAction((parsed, ct) => VerbRunner.RunAsync(verb.Host, parsed, RunAsync, ct));
    }

    internal IReadOnlyList<string> Examples { get; }

    /// <summary>Does it; the exit code. Failures are exceptions.</summary>
    protected abstract Task<int> RunAsync(CliContext context, CancellationToken cancellationToken);

    /// <summary>Refuses options that exclude each other.</summary>
    protected virtual void CheckOptions(CommandResult result)
    {
    }

    /// <exception cref="HutchException">It is not 1 to the most.</exception>
    protected static int InRange(int value, string option, int most) => value >= 1 && value <= most
        ? value
        : throw ErrorCode.BadRequest.With($"{option} is {value}; it must be {(most == int.MaxValue ? "1 or more" : $"1 to {most}")}.")
            .ToException();
}

/// <summary>A command that only groups verbs, such as <c>hutch token</c>.</summary>
internal sealed class VerbGroup : Command
{
    internal VerbGroup(string name, string description, params Command[] verbs)
        : base(name, description)
    {
        foreach (Command verb in verbs)
        {
            Add(verb);
        }
    }
}
