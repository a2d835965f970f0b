using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Servers;

/// <summary><c>hutch gc</c>: frees the space of data that nothing refers to.</summary>
internal sealed class GcVerb(VerbDeclaration verb)
    : Verb(verb, "gc", "Free the space of data that nothing refers to (operators).", "hutch gc")
{
    private readonly Option<bool> _noWait = verb.Option<bool>("--no-wait", "Start the job and return.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await ServerJob.RunAsync(
            context, new StartJob { Kind = "gc" }, wait: !context.Value(_noWait), ErrorCode.Internal, cancellationToken);
        return ExitCode.Ok;
    }
}
